"""Data sources, and what configures them."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import TypeVar

from terapin.model import CacheBackend, Place, Serializer, SourceKind
from terapin.vocabulary.namespaces import ASYNC, DB

from .reader import Reader, terms_of
from .statements import (
    BreakerStatement,
    CacheStatement,
    PoolStatement,
    RetryStatement,
    SourceStatement,
    Stated,
)
from .subject import Subject, Terms
from .terms import iri

Statement = TypeVar("Statement")

# What is written in the place of what is no longer maintained.
SUCCESSORS = {"motor": "mongodb", "aioredis": "redis"}


class _Driver(StrEnum):
    ASYNCPG = "asyncpg"
    MONGODB = "mongodb"
    REDIS = "redis"


class _Breaker(StrEnum):
    PYBREAKER = "pybreaker"


_KINDS = {
    _Driver.ASYNCPG: SourceKind.POSTGRESQL,
    _Driver.MONGODB: SourceKind.MONGODB,
    _Driver.REDIS: SourceKind.REDIS,
}


def _successor(name: str) -> str:
    return SUCCESSORS.get(name, name)


def _driver(subject: Subject, predicate: str) -> Stated[SourceKind] | None:
    stated = subject.choice(predicate, _Driver, _successor)
    return Stated(_KINDS[stated.value], *stated[1:]) if stated else None


_async, _db = terms_of(ASYNC), terms_of(DB)
_TYPE = _db("type")

_POOL_TERMS: Terms = {
    _async("minConnections"): ("min_connections", Subject.count),
    _async("maxConnections"): ("max_connections", Subject.count),
    _async("timeout"): ("timeout", Subject.number),
    _async("commandTimeout"): ("command_timeout", Subject.number),
    _async("maxIdle"): ("max_idle", Subject.number),
    _async("poolType"): ("kind", _driver),
}
_BREAKER_TERMS: Terms = {
    _async("backend"): ("library", partial(Subject.choice, choices=_Breaker)),
    _async("failMax"): ("fail_max", Subject.count),
    _async("resetTimeout"): ("reset_timeout", Subject.number),
    _async("timeout"): ("timeout", Subject.number),
}
_RETRY_TERMS: Terms = {
    _async("attempts"): ("attempts", Subject.count),
    _async("minWait"): ("min_wait", Subject.number),
    _async("maxWait"): ("max_wait", Subject.number),
    _async("multiplier"): ("multiplier", Subject.number),
}
_CACHE_TERMS: Terms = {
    _async("backend"): (
        "backend",
        partial(Subject.choice, choices=CacheBackend, fold=_successor),
    ),
    _async("serializer"): ("serializer", partial(Subject.choice, choices=Serializer)),
    _async("namespace"): ("namespace", Subject.text),
    _async("ttl"): ("ttl", Subject.number),
    _async("staleFor"): ("stale_for", Subject.number),
    _async("negativeTtl"): ("negative_ttl", Subject.number),
    _async("localTtl"): ("local_ttl", Subject.number),
}
_SOURCE_TERMS: Terms = {
    _TYPE: ("kind", partial(Subject.choice, choices=SourceKind)),
    _db("connectionString"): ("url", Subject.text),
    _db("database"): ("database", Subject.text),
    _db("poolConfig"): ("pool", Subject.reference),
    _db("circuitBreakerConfig"): ("breaker", Subject.reference),
    _db("retryConfig"): ("retry", Subject.reference),
    _db("cacheConfig"): ("cache", Subject.reference),
}


class SourceReader(Reader):
    def sources(self) -> dict[str, SourceStatement]:
        found = {}
        for node in self.instances(_db("DataSource"), "a data source"):
            subject = self.subject(node, DB + "DataSource")
            stated = subject.stated(_SOURCE_TERMS)
            if stated.get("kind") is None:
                self.missing(subject, _TYPE, "a data source")
            found[iri(node)] = SourceStatement(iri=iri(node), place=Place(node), **stated)
        return found

    def caches(self) -> dict[str, CacheStatement]:
        return self.stated("CacheStrategy", "a cache strategy", _CACHE_TERMS, CacheStatement)

    def pools(self) -> dict[str, PoolStatement]:
        return self.stated("ConnectionPool", "a connection pool", _POOL_TERMS, PoolStatement)

    def breakers(self) -> dict[str, BreakerStatement]:
        return self.stated("CircuitBreaker", "a circuit breaker", _BREAKER_TERMS, BreakerStatement)

    def retries(self) -> dict[str, RetryStatement]:
        return self.stated("RetryPolicy", "a retry policy", _RETRY_TERMS, RetryStatement)

    def stated(
        self, kind: str, what: str, terms: Terms, make: Callable[..., Statement]
    ) -> dict[str, Statement]:
        """By IRI, the nodes of a class of `async:`."""
        return {
            iri(node): make(
                iri=iri(node), place=Place(node), **self.subject(node, ASYNC + kind).stated(terms)
            )
            for node in self.instances(_async(kind), what)
        }
