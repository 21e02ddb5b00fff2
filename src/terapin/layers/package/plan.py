from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from ...project.plan import Ownership, PlannedFile, Project
from .views import accounts_view, caches_view, package_view, settings_view, sources_view

_ABOUT = ("__init__.py", "__main__.py", "cli.py", "main.py")


def plan(project: Project) -> Iterable[PlannedFile]:
    root, model = PurePosixPath(project.package), project.model
    view = package_view(project)
    for name in _ABOUT:
        yield _file(root / name, f"{name}.tera", view)
    yield _file(root / "settings.py", "settings.py.tera", settings_view(project))
    yield _file(root / "sources.py", "sources.py.tera", sources_view(model))
    if model.caches:
        yield _file(root / "caches.py", "caches.py.tera", caches_view(model))
    if model.has_accounts:
        accounts = accounts_view(model)
        yield _file(root / "accounts.py", "accounts.py.tera", accounts, Ownership.SEEDED)
    yield _file(root / "extensions.py", "extensions.py.tera", None, Ownership.SEEDED)
    yield PlannedFile(root / "py.typed", layer="package", content=b"")


def _file(
    path: PurePosixPath, template: str, view: object, ownership: Ownership = Ownership.MANAGED
) -> PlannedFile:
    return PlannedFile(path, "package", ownership, template=f"package/{template}", view=view)
