"""The service's own tests: the same for every service, they read what to test from its resources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath

from ...model import ServiceModel, SourceKind
from ...project.plan import PlannedFile, Project
from ..python import Imports, export_order
from ..runtime import Needed, needed_modules
from ..sources import has_source

RUNTIME = "terapin.runtime.tests"


def _database(model: ServiceModel) -> bool:
    return model.database is not None


@dataclass(frozen=True, slots=True)
class ServiceView:
    """`names` are what the tests use of the service, as they are to be exported."""

    imports: str
    names: tuple[str, ...]


# By module of the service.
_IMPORTED = {
    "core": ("embedded", "migrations", "samples", "stores"),
    "core.resource": ("Relation", "Resource"),
    "core.statements": ("Statements",),
    "core.settings": ("MongodbSettings", "PostgresqlSettings", "RedisSettings"),
    "endpoints": ("resources",),
    "main": ("create_app",),
    "settings": ("Settings",),
    "sources": ("sources",),
}
_OF_GRAPHQL = {
    "core.graphql.fields": ("ByKey", "Listed", "Many"),
    "core.graphql.mutations": ("Delete",),
    "core.graphql.names": ("graphql_name",),
    "core.graphql.rows": ("column_of", "definition"),
    "core.resource": ("Column",),
    "core.wire": ("constraints",),
    "graphql": ("schema",),
}


_OF_TASKS = {
    "core.tasks.declared": ("Task",),
    "tasks": ("tasks",),
}


_OF_CHANNELS = {
    "channels": ("realtime",),
    "core.realtime.declared": ("Channel",),
}


_OF_PERMISSIONS = {
    "core.security.policy": ("Asking", "Policy", "Standing", "any_of"),
}


_OF_ACCOUNTS = {
    "core.accounts.declared": ("Mail",),
}


def _view(project: Project) -> ServiceView:
    imports = Imports()
    imports.name("__future__", "annotations")
    exported: list[str] = []
    model = project.model
    more = (
        _OF_GRAPHQL if model.graphql else {},
        _OF_TASKS if model.tasks else {},
        _OF_CHANNELS if model.channels else {},
        _OF_PERMISSIONS if model.has_permissions else {},
        _OF_ACCOUNTS if model.has_accounts else {},
    )
    for modules in (_IMPORTED, *more):
        for module, names in modules.items():
            imports.name(f"{project.package}.{module}", *names)
            exported += names
    return ServiceView(imports.render(), tuple(sorted(exported, key=export_order)))


def _graphql(model: ServiceModel) -> bool:
    return model.graphql is not None


def _access(model: ServiceModel) -> bool:
    return model.access is not None


def _accounts(model: ServiceModel) -> bool:
    return model.has_accounts


def _permissions(model: ServiceModel) -> bool:
    return model.has_permissions


def _tasks(model: ServiceModel) -> bool:
    return bool(model.tasks)


def _channels(model: ServiceModel) -> bool:
    return bool(model.channels)


NEEDED: Mapping[str, Needed] = {
    "databases/mongodb.py": partial(has_source, kind=SourceKind.MONGODB),
    "databases/postgresql.py": partial(has_source, kind=SourceKind.POSTGRESQL),
    "databases/redis.py": partial(has_source, kind=SourceKind.REDIS),
    "test_accounts.py": _accounts,
    "test_channels.py": _channels,
    "test_graphql.py": _graphql,
    "test_migrations.py": _database,
    "test_permissions.py": _permissions,
    "test_security.py": _access,
    "test_tasks.py": _tasks,
}


def plan(project: Project) -> Iterable[PlannedFile]:
    root = PurePosixPath("tests")
    for path, content in needed_modules(RUNTIME, project.model, NEEDED):
        yield PlannedFile(root / path, layer="tests", content=content)
    yield PlannedFile(
        root / "service.py", layer="tests", template="tests/service.py.tera", view=_view(project)
    )
