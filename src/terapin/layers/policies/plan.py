from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import PurePosixPath

from ...project.plan import Deferred, PlannedFile, Project
from .views import passed, policy_view


def plan(project: Project) -> Iterable[PlannedFile]:
    model = project.model
    if not model.has_permissions:
        return
    root = PurePosixPath(project.package, "policies")
    yield PlannedFile(root / "__init__.py", layer="policies", content=b"")
    for entity in model.entities.values():
        around = passed(model.entities, entity)
        yield PlannedFile(
            root / f"{entity.module}.py",
            layer="policies",
            subject=entity.iri,
            template="policies/policy.py.tera",
            view=Deferred(tuple(around.values()), partial(policy_view, around, entity)),
        )
