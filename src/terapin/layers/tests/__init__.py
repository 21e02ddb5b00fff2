"""The service's own tests: the same for every service, they read what to test from its resources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import PurePosixPath

from ...model import ServiceModel, SourceKind
from ...project.plan import PlannedFile, Project
from ..runtime import Needed, needed_modules
from ..sources import has_source

RUNTIME = "terapin.runtime.tests"


def _database(model: ServiceModel) -> bool:
    return model.database is not None


def _graphql(model: ServiceModel) -> bool:
    return model.graphql is not None


NEEDED: Mapping[str, Needed] = {
    "databases/mongodb.py": partial(has_source, kind=SourceKind.MONGODB),
    "databases/postgresql.py": partial(has_source, kind=SourceKind.POSTGRESQL),
    "databases/redis.py": partial(has_source, kind=SourceKind.REDIS),
    "test_graphql.py": _graphql,
    "test_migrations.py": _database,
}


def plan(project: Project) -> Iterable[PlannedFile]:
    root = PurePosixPath("tests")
    for path, content in needed_modules(RUNTIME, project.model, NEEDED):
        yield PlannedFile(root / path, layer="tests", content=content)
    yield PlannedFile(
        root / "service.py", layer="tests", template="tests/service.py.tera", view=project.package
    )
