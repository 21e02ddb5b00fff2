"""The package around the layers: application, settings, command, and the user's own extensions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from ...project.plan import Ownership, PlannedFile, Project

_MANAGED = ("__init__.py", "__main__.py", "cli.py", "main.py", "settings.py", "sources.py")


@dataclass(frozen=True, slots=True)
class PackageView:
    package: str
    prefix: str
    name: str
    version: str
    description: str
    base_iri: str | None


def plan(project: Project) -> Iterable[PlannedFile]:
    root, model = PurePosixPath(project.package), project.model
    view = PackageView(
        package=project.package,
        prefix=project.prefix,
        name=model.name,
        version=model.version,
        description=model.description or model.name,
        base_iri=model.base_iri,
    )
    for name in _MANAGED:
        yield PlannedFile(root / name, layer="package", template=f"package/{name}.tera", view=view)
    yield PlannedFile(
        root / "extensions.py",
        layer="package",
        ownership=Ownership.SEEDED,
        template="package/extensions.py.tera",
        view=None,
    )
    yield PlannedFile(root / "py.typed", layer="package", content=b"")
