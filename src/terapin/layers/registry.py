"""The layers, in the order in which their files are planned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ..project.plan import PlannedFile, Project
from . import (
    channels,
    core,
    endpoints,
    graphql,
    migrations,
    models,
    package,
    policies,
    schemas,
    services,
    skeleton,
    tasks,
    tests,
)

Plan = Callable[[Project], Iterable[PlannedFile]]

LAYERS: Mapping[str, Plan] = {
    "skeleton": skeleton.plan,
    "package": package.plan,
    "core": core.plan,
    "models": models.plan,
    "schemas": schemas.plan,
    "services": services.plan,
    "policies": policies.plan,
    "endpoints": endpoints.plan,
    "graphql": graphql.plan,
    "tasks": tasks.plan,
    "channels": channels.plan,
    "migrations": migrations.plan,
    "tests": tests.plan,
}
