"""The service's `core/`: terapin's runtime modules, byte for byte, those that the service needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from ...model import ServiceModel, SourceKind
from ...project.plan import PlannedFile, Project
from ..runtime import Needed, needed_modules
from ..sources import has_source, speaks_redis
from ..types import SPELLINGS, types_of

RUNTIME = "terapin.runtime.core"


def _domain_types(model: ServiceModel) -> bool:
    return any(SPELLINGS[type_].domain for type_ in types_of(model))


def _mongodb(model: ServiceModel) -> bool:
    return has_source(model, SourceKind.MONGODB)


def _redis(model: ServiceModel) -> bool:
    return has_source(model, SourceKind.REDIS)


def _caching(model: ServiceModel) -> bool:
    return bool(model.caches)


def _graphql(model: ServiceModel) -> bool:
    return model.graphql is not None


def _tasks(model: ServiceModel) -> bool:
    return bool(model.tasks)


def _access(model: ServiceModel) -> bool:
    return model.access is not None


def _accounts(model: ServiceModel) -> bool:
    return model.has_accounts


def _channels(model: ServiceModel) -> bool:
    return model.is_realtime


def _subscriptions(model: ServiceModel) -> bool:
    return model.has_subscriptions


def _streams(model: ServiceModel) -> bool:
    return _channels(model) and _redis(model)


def _tickets(model: ServiceModel) -> bool:
    return _channels(model) and _access(model)


def _permissions(model: ServiceModel) -> bool:
    return model.has_permissions


def _strangers(model: ServiceModel) -> bool:
    return _permissions(model) and not _access(model)


def _security(model: ServiceModel) -> bool:
    return _access(model) or _permissions(model)


def _valkey(model: ServiceModel) -> bool:
    return _redis(model) or _tasks(model)


# Of `security`, what concerns tokens.
_OF_TOKENS = tuple(
    f"security/{name}.py"
    for name in (
        "api_keys",
        "authentication",
        "cli",
        "development",
        "following",
        "issuing",
        "keys",
        "limits",
        "revocation",
        "settings",
        "strict",
        "table",
        "tokens",
    )
)

# What not every service needs: modules, and directories with all that is in them. What a service
# always has imports none of it.
NEEDED: Mapping[str, Needed] = {
    "accounts": _accounts,
    "domain_types.py": _domain_types,
    "caching": _caching,
    "compiled/connections.py": _graphql,
    "compiled/operations.py": _graphql,
    "documents": _mongodb,
    "graphql": _graphql,
    "graphql/changes.py": _subscriptions,
    "graphql/sockets.py": _subscriptions,
    "embedded/mongodb.py": _mongodb,
    "embedded/valkey.py": _valkey,
    "realtime": _channels,
    "realtime/streams.py": _streams,
    "realtime/tickets.py": _tickets,
    "security": _security,
    **dict.fromkeys(_OF_TOKENS, _access),
    "security/policy.py": _permissions,
    "security/strangers.py": _strangers,
    "sources/mongodb.py": _mongodb,
    "sources/redis.py": speaks_redis,
    "tasks": _tasks,
}


def plan(project: Project) -> Iterable[PlannedFile]:
    root = PurePosixPath(project.package, "core")
    for path, content in needed_modules(RUNTIME, project.model, NEEDED):
        yield PlannedFile(root / path, layer="core", content=content)
