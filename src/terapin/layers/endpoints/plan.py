from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from ...project.plan import Ownership, PlannedFile, Project
from .views import declared_package_view, declared_view, endpoints_view, resource_view


def plan(project: Project) -> Iterable[PlannedFile]:
    model = project.model
    endpoints = PurePosixPath(project.package, "endpoints")
    yield _file(endpoints / "__init__.py", "package.py.tera", endpoints_view(model))
    for entity in model.entities.values():
        path = endpoints / f"{entity.module}.py"
        yield _file(path, "resource.py.tera", resource_view(entity), entity.iri)
    if not model.endpoints:
        return
    package = declared_package_view(model)
    yield _file(endpoints / "declared" / "__init__.py", "declared_package.py.tera", package)
    handlers = PurePosixPath(project.package, "handlers")
    yield PlannedFile(handlers / "__init__.py", layer="endpoints", content=b"")
    for endpoint in model.endpoints:
        module, view = f"{endpoint.operation}.py", declared_view(model, endpoint)
        yield _file(endpoints / "declared" / module, "declared.py.tera", view, endpoint.iri)
        yield _file(handlers / module, "handler.py.tera", view, endpoint.iri, Ownership.SEEDED)


def _file(
    path: PurePosixPath,
    template: str,
    view: object,
    subject: str | None = None,
    ownership: Ownership = Ownership.MANAGED,
) -> PlannedFile:
    return PlannedFile(
        path, "endpoints", ownership, subject, template=f"endpoints/{template}", view=view
    )
