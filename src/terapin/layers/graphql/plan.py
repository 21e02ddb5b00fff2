from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from ...project.plan import Ownership, PlannedFile, Project
from .inputs import inputs_view
from .roots import mutations_view, queries_view
from .shown import shown
from .subscriptions import package_view, subscriptions_view
from .views import fields_view, type_view

_PACKAGES = ("inputs", "fields", "types")


def plan(project: Project) -> Iterable[PlannedFile]:
    if project.model.graphql is None:
        return
    root = PurePosixPath(project.package, "graphql")
    entities = shown(project.model)
    yield _file(root / "__init__.py", "package.py.tera", package_view(project))
    yield _file(root / "queries.py", "queries.py.tera", queries_view(entities))
    yield _file(root / "mutations.py", "mutations.py.tera", mutations_view(entities))
    if project.model.has_subscriptions:
        view = subscriptions_view(entities)
        yield _file(root / "subscriptions.py", "subscriptions.py.tera", view)
    yield _file(root / "extensions.py", "extensions.py.tera", None, ownership=Ownership.SEEDED)
    for name in _PACKAGES:
        yield PlannedFile(root / name / "__init__.py", layer="graphql", content=b"")
    for each in entities:
        module, iri = f"{each.entity.module}.py", each.entity.iri
        yield _file(root / "inputs" / module, "inputs.py.tera", inputs_view(each))
        yield _file(root / "fields" / module, "fields.py.tera", fields_view(each), iri)
        yield _file(root / "types" / module, "type.py.tera", type_view(each), iri, Ownership.SEEDED)


def _file(
    path: PurePosixPath,
    template: str,
    view: object,
    subject: str | None = None,
    ownership: Ownership = Ownership.MANAGED,
) -> PlannedFile:
    return PlannedFile(
        path, "graphql", ownership, subject, template=f"graphql/{template}", view=view
    )
