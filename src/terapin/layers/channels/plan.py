from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath

from ...project.plan import Ownership, PlannedFile, Project
from .views import channel_view, message_view, package_view


def plan(project: Project) -> Iterable[PlannedFile]:
    model = project.model
    if not model.is_realtime:
        return
    root = PurePosixPath(project.package)
    channels, messages, handlers = root / "channels", root / "messages", root / "handlers"
    yield _file(channels / "__init__.py", "package.py.tera", package_view(project))
    for channel in model.channels:
        view = channel_view(project, channel)
        yield _file(channels / f"{channel.module}.py", "channel.py.tera", view, channel.iri)
    for name, content in _clients() if model.channels else ():
        yield PlannedFile(PurePosixPath("clients", name), layer="channels", content=content)
    if not model.messages:
        return
    yield PlannedFile(messages / "__init__.py", layer="channels", content=b"")
    if not (model.endpoints or model.tasks):
        yield PlannedFile(handlers / "__init__.py", layer="channels", content=b"")
    for message in model.messages:
        module, of = f"{message.module}.py", message_view(project, message)
        yield _file(messages / module, "message.py.tera", of, message.iri)
        yield _file(handlers / module, "handler.py.tera", of, message.iri, Ownership.SEEDED)


@cache
def _clients() -> tuple[tuple[str, bytes], ...]:
    """For whoever is at the other end: they need nothing of the service."""
    folder = files("terapin.runtime.clients")
    names = ("realtime.js", "realtime.py")
    return tuple((name, (folder / name).read_bytes()) for name in names)


def _file(
    path: PurePosixPath,
    template: str,
    view: object,
    subject: str | None = None,
    ownership: Ownership = Ownership.MANAGED,
) -> PlannedFile:
    return PlannedFile(
        path, "channels", ownership, subject, template=f"channels/{template}", view=view
    )
