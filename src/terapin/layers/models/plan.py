from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import PurePosixPath

from ...project.plan import Deferred, PlannedFile, Project
from .documents import document_view
from .views import join_tables_view, model_view, models_view


def plan(project: Project) -> Iterable[PlannedFile]:
    root = PurePosixPath(project.package, "models")
    if project.model.entities or project.model.database:
        yield _file(root / "__init__.py", "package.py.tera", models_view(project.model))
    if project.model.join_tables:
        yield _file(root / "join_tables.py", "join_tables.py.tera", join_tables_view(project.model))
    for entity in project.model.entities.values():
        around = project.model.around(entity)
        make = document_view if entity.is_document else model_view
        template = "document.py.tera" if entity.is_document else "model.py.tera"
        view = Deferred(tuple(around.values()), partial(make, around, entity))
        yield _file(root / f"{entity.module}.py", template, view, subject=entity.iri)


def _file(
    path: PurePosixPath, template: str, view: object, *, subject: str | None = None
) -> PlannedFile:
    return PlannedFile(
        path, layer="models", subject=subject, template=f"models/{template}", view=view
    )
