"""One service an entity, a few seeded lines: where a user changes how it is read and written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from ...model import Entity
from ...project.plan import Ownership, PlannedFile, Project


@dataclass(frozen=True, slots=True)
class ServiceView:
    """`base` is a class in `core`'s module `core`."""

    class_name: str
    module: str
    base: str
    core: str


def plan(project: Project) -> Iterable[PlannedFile]:
    root = PurePosixPath(project.package, "services")
    if project.model.entities:
        yield PlannedFile(root / "__init__.py", layer="services", content=b"")
    for entity in project.model.entities.values():
        yield PlannedFile(
            root / f"{entity.module}.py",
            layer="services",
            ownership=Ownership.SEEDED,
            subject=entity.iri,
            template="services/service.py.tera",
            view=_view(entity),
        )


def _view(entity: Entity) -> ServiceView:
    base, core = ("DocumentService", "documents") if entity.is_document else ("CrudService", "crud")
    return ServiceView(entity.class_name, entity.module, base, core)
