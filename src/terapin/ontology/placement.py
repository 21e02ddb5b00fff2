"""Which data source an entity or a cache lives in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from terapin.model import SourceKind

from .statements import CacheStatement, SourceStatement, Statements, value_of


@dataclass(frozen=True, slots=True)
class Placement:
    """`relational` says whether anything has to live in PostgreSQL: an entity, or the record of tasks. `databases` are the
    sources in which it may, which has to be one then.

    `documents` has, by the IRI of an entity on MongoDB, its source, and `stores`, by the IRI of a cache in Redis,
    the sources that it may live in: without one, a source is made.
    """

    relational: bool
    databases: tuple[SourceStatement, ...]
    documents: Mapping[str, SourceStatement]
    stores: Mapping[str, tuple[SourceStatement, ...]]

    @classmethod
    def of(cls, statements: Statements) -> Placement:
        named = {
            iri: source
            for iri, entity in statements.entities.items()
            if (source := statements.sources.get(value_of(entity.data_source) or ""))
        }
        documents = {iri: each for iri, each in named.items() if each.is_of(SourceKind.MONGODB)}
        homes = {each.iri for each in named.values()}
        postgresql = _of_kind(SourceKind.POSTGRESQL, statements)
        redis = _of_kind(SourceKind.REDIS, statements)
        return cls(
            relational=len(documents) < len(statements.entities) or bool(statements.tasks),
            databases=tuple(each for each in postgresql if each.iri in homes) or postgresql,
            documents=documents,
            stores={
                iri: _stores(cache, redis)
                for iri, cache in statements.caches.items()
                if cache.in_redis
            },
        )

    @property
    def database(self) -> SourceStatement | None:
        """As it is declared, if it is."""
        return self.databases[0] if len(self.databases) == 1 else None

    @property
    def has_database(self) -> bool:
        return self.relational or self.database is not None

    @property
    def makes_store(self) -> bool:
        return not all(self.stores.values())


def _of_kind(kind: SourceKind, statements: Statements) -> tuple[SourceStatement, ...]:
    return tuple(each for each in statements.sources.values() if each.is_of(kind))


def _stores(
    cache: CacheStatement, redis: tuple[SourceStatement, ...]
) -> tuple[SourceStatement, ...]:
    """Those that name it, else the only one that there is."""
    naming = tuple(each for each in redis if value_of(each.cache) == cache.iri)
    return naming or (redis if len(redis) == 1 else ())
