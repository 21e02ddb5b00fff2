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
        view = resource_view(entity)
        yield _file(endpoints / f"{entity.module}.py", "resource.py.tera", view)
    if not model.endpoints:
        return
    package = declared_package_view(model)
    yield _file(endpoints / "declared" / "__init__.py", "declared_package.py.tera", package)
    handlers = PurePosixPath(project.package, "handlers")
    yield PlannedFile(handlers / "__init__.py", layer="endpoints", content=b"")
    for endpoint in model.endpoints:
        declared = declared_view(model, endpoint)
        yield _file(
            endpoints / "declared" / f"{endpoint.operation}.py", "declared.py.tera", declared
        )
        yield _file(
            handlers / f"{endpoint.operation}.py", "handler.py.tera", declared, Ownership.SEEDED
        )


def _file(
    path: PurePosixPath, template: str, view: object, ownership: Ownership = Ownership.MANAGED
) -> PlannedFile:
    return PlannedFile(path, "endpoints", ownership, template=f"endpoints/{template}", view=view)
