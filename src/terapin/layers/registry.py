"""The layers, in the order in which their files are planned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ..project.plan import PlannedFile, Project
from . import (
    core,
    endpoints,
    graphql,
    migrations,
    models,
    package,
    schemas,
    services,
    skeleton,
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
    "endpoints": endpoints.plan,
    "graphql": graphql.plan,
    "migrations": migrations.plan,
    "tests": tests.plan,
}
