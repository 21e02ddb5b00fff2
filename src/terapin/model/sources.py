"""Data sources and caches, with what the ontology states of their pools, breakers and retries.

What it leaves open is None: the settings of the service have a default for it. Times are in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .place import Place

DATABASE = "database"
CACHE_STORE = "cache_store"

# What there is to set of a source or a cache.
SETTINGS = (
    "url",
    "database",
    "pool_min",
    "pool_max",
    "acquire_timeout",
    "connect_timeout",
    "statement_timeout",
    "max_idle",
    "breaker_failures",
    "breaker_reset",
    "retry_attempts",
    "retry_min_wait",
    "retry_max_wait",
    "retry_multiplier",
    "namespace",
    "ttl",
    "stale_for",
    "negative_ttl",
    "local_ttl",
)


class SourceKind(StrEnum):
    POSTGRESQL = "postgresql"
    MONGODB = "mongodb"
    REDIS = "redis"


class CacheBackend(StrEnum):
    REDIS = "redis"
    MEMORY = "memory"


class Serializer(StrEnum):
    JSON = "json"
    MSGPACK = "msgpack"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSource:
    """`name` is that of its settings: `DATABASE` for the one in which relational entities live.

    `url` is a default without a password. `database` names the one on the server, if the ontology does; else it is
    called after the service, or, if that is `apart` because another source has it, after both. A source that is needed
    but not declared has no IRI (`made`).
    """

    iri: str
    place: Place
    name: str
    kind: SourceKind
    url: str | None = None
    database: str | None = None
    apart: bool = False
    pool_min: int | None = None
    pool_max: int | None = None
    acquire_timeout: Decimal | None = None
    statement_timeout: Decimal | None = None
    max_idle: Decimal | None = None
    breaker_failures: int | None = None
    breaker_reset: Decimal | None = None
    retry_attempts: int | None = None
    retry_min_wait: Decimal | None = None
    retry_max_wait: Decimal | None = None
    retry_multiplier: Decimal | None = None

    @property
    def made(self) -> bool:
        return not self.iri


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """`name` is that of its settings, `source` the name of the Redis source that it lives in; None in memory."""

    iri: str
    place: Place
    name: str
    backend: CacheBackend = CacheBackend.REDIS
    serializer: Serializer = Serializer.JSON
    source: str | None = None
    namespace: str | None = None
    ttl: Decimal | None = None
    stale_for: Decimal | None = None
    negative_ttl: Decimal | None = None
    local_ttl: Decimal | None = None
