from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import PurePosixPath

from ...project.plan import Deferred, PlannedFile, Project
from .views import schema_view


def plan(project: Project) -> Iterable[PlannedFile]:
    root = PurePosixPath(project.package, "schemas")
    if project.model.entities:
        yield PlannedFile(root / "__init__.py", layer="schemas", content=b"")
    for entity in project.model.entities.values():
        yield PlannedFile(
            root / f"{entity.module}.py",
            layer="schemas",
            subject=entity.iri,
            template="schemas/schema.py.tera",
            view=Deferred((entity,), partial(schema_view, entity)),
        )
