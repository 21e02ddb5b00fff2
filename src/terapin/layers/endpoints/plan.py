from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import PurePosixPath

from ...project.plan import Deferred, Ownership, PlannedFile, Project
from .views import declared_package_view, declared_view, endpoints_view, resource_view


def plan(project: Project) -> Iterable[PlannedFile]:
    model = project.model
    endpoints = PurePosixPath(project.package, "endpoints")
    yield _file(endpoints / "__init__.py", "package.py.tera", endpoints_view(model))
    for entity in model.entities.values():
        path = endpoints / f"{entity.module}.py"
        view = Deferred((entity,), partial(resource_view, entity))
        yield _file(path, "resource.py.tera", view, entity.iri)
    if not model.endpoints:
        return
    package = declared_package_view(model)
    yield _file(endpoints / "declared" / "__init__.py", "declared_package.py.tera", package)
    handlers = PurePosixPath(project.package, "handlers")
    yield PlannedFile(handlers / "__init__.py", layer="endpoints", content=b"")
    for endpoint in model.endpoints:
        module, declared = f"{endpoint.operation}.py", declared_view(model, endpoint)
        yield _file(endpoints / "declared" / module, "declared.py.tera", declared, endpoint.iri)
        yield _file(handlers / module, "handler.py.tera", declared, endpoint.iri, Ownership.SEEDED)


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
