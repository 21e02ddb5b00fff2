from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from ...project.plan import PlannedFile, Project
from .documents import document_view
from .views import join_tables_view, model_view, models_view


def plan(project: Project) -> Iterable[PlannedFile]:
    root = PurePosixPath(project.package, "models")
    if project.model.entities or project.model.database:
        yield _file(root / "__init__.py", "package.py.tera", models_view(project.model))
    if project.model.join_tables:
        yield _file(root / "join_tables.py", "join_tables.py.tera", join_tables_view(project.model))
    for entity in project.model.relational:
        view = model_view(project.model, entity)
        yield _file(root / f"{entity.module}.py", "model.py.tera", view, subject=entity.iri)
    for entity in project.model.documents:
        document = document_view(project.model, entity)
        yield _file(root / f"{entity.module}.py", "document.py.tera", document, subject=entity.iri)


def _file(
    path: PurePosixPath, template: str, view: object, *, subject: str | None = None
) -> PlannedFile:
    return PlannedFile(
        path, layer="models", subject=subject, template=f"models/{template}", view=view
    )
