"""Data sources and caches of the model, each with what configures it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from terapin.model import (
    ACCESS_TABLES,
    ACCOUNT_TABLES,
    CORE_TABLES,
    DATABASE,
    TASK_TABLE,
    Cache,
    CacheBackend,
    DataSource,
    Place,
    Serializer,
    SourceKind,
)
from terapin.model.sources import CACHE_STORE

from .connections import default_database, default_url
from .facts import Facts
from .statements import (
    BreakerStatement,
    EntityStatement,
    PoolStatement,
    RetryStatement,
    SourceStatement,
    Stated,
    value_of,
)

_NOWHERE = Place("")
_NO_POOL = PoolStatement(iri="", place=_NOWHERE)
_NO_BREAKER = BreakerStatement(iri="", place=_NOWHERE)
_NO_RETRY = RetryStatement(iri="", place=_NOWHERE)


def data_sources(facts: Facts) -> tuple[DataSource, ...]:
    placement, statements = facts.placement, facts.statements
    others = [each for each in statements.sources.values() if each is not placement.database]
    return (
        *_database(facts),
        *(_declared(facts, each) for each in others),
        *_store(facts),
    )


def caches(facts: Facts) -> tuple[Cache, ...]:
    return tuple(
        Cache(
            iri=each.iri,
            place=each.place,
            name=facts.naming.caches[each.iri],
            backend=value_of(each.backend) or CacheBackend.REDIS,
            serializer=value_of(each.serializer) or Serializer.JSON,
            source=_store_of(facts, each.iri),
            namespace=value_of(each.namespace),
            ttl=value_of(each.ttl),
            stale_for=value_of(each.stale_for),
            negative_ttl=value_of(each.negative_ttl),
            local_ttl=value_of(each.local_ttl),
        )
        for each in facts.statements.caches.values()
    )


def core_tables(facts: Facts) -> tuple[str, ...]:
    """Those that the database has: of tasks and of tokens, only where there are any."""
    if not facts.placement.has_database:
        return ()
    services = facts.statements.services
    asked_for = {
        TASK_TABLE: bool(facts.statements.tasks),
        **dict.fromkeys(ACCESS_TABLES, any(each.asks_for_tokens for each in services)),
        **dict.fromkeys(ACCOUNT_TABLES, any(each.has_accounts for each in services)),
    }
    return tuple(name for name in CORE_TABLES if asked_for.get(name, True))


def source_of(facts: Facts, entity: EntityStatement) -> str | None:
    source = facts.placement.documents.get(entity.iri)
    return facts.naming.sources[source.iri] if source else None


def cache_of(facts: Facts, entity: EntityStatement) -> str | None:
    """Its own, else that of its source."""
    source = facts.placement.documents.get(entity.iri, facts.placement.database)
    stated = entity.cache or (source.cache if source else None)
    return facts.naming.caches[stated.value] if stated else None


def _database(facts: Facts) -> Iterator[DataSource]:
    placement = facts.placement
    if placement.database:
        yield _declared(facts, placement.database)
    elif placement.relational:
        statements = facts.statements
        entities = statements.entities.values()
        relational = (each.place for each in entities if each.iri not in placement.documents)
        place = next(relational, None) or statements.tasks[0].place
        yield DataSource(iri="", place=place, name=DATABASE, kind=SourceKind.POSTGRESQL)


def _store(facts: Facts) -> Iterator[DataSource]:
    """What caches are kept in for which no source is declared."""
    homeless = [iri for iri, stores in facts.placement.stores.items() if not stores]
    if homeless:
        place = facts.statements.caches[homeless[0]].place
        name = facts.naming.sources[CACHE_STORE]
        yield DataSource(iri="", place=place, name=name, kind=SourceKind.REDIS)


def _store_of(facts: Facts, cache: str) -> str | None:
    stores = facts.placement.stores.get(cache)
    if stores is None:
        return None
    return facts.naming.sources[stores[0].iri if stores else CACHE_STORE]


def _declared(facts: Facts, source: SourceStatement) -> DataSource:
    statements = facts.statements
    pool = statements.pools.get(value_of(source.pool) or "", _NO_POOL)
    breaker = statements.breakers.get(value_of(source.breaker) or "", _NO_BREAKER)
    retry = statements.retries.get(value_of(source.retry) or "", _NO_RETRY)
    return DataSource(
        iri=source.iri,
        place=source.place,
        name=facts.naming.sources[source.iri],
        kind=value_of(source.kind) or SourceKind.POSTGRESQL,
        url=default_url(source),
        database=default_database(source),
        apart=source.iri in facts.naming.apart,
        pool_min=value_of(pool.min_connections),
        pool_max=value_of(pool.max_connections),
        acquire_timeout=value_of(pool.timeout),
        statement_timeout=_shorter(pool.command_timeout, breaker.timeout),
        max_idle=value_of(pool.max_idle),
        breaker_failures=value_of(breaker.fail_max),
        breaker_reset=value_of(breaker.reset_timeout),
        retry_attempts=value_of(retry.attempts),
        retry_min_wait=value_of(retry.min_wait),
        retry_max_wait=value_of(retry.max_wait),
        retry_multiplier=value_of(retry.multiplier),
    )


def _shorter(*timeouts: Stated[Decimal] | None) -> Decimal | None:
    return min((each.value for each in timeouts if each), default=None)
