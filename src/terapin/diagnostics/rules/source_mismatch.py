from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Label
from terapin.diagnostics.rule import Rule
from terapin.model import SourceKind
from terapin.ontology.facts import Facts
from terapin.ontology.statements import SourceStatement
from terapin.ontology.terms import term

RULE = Rule(
    code="source-mismatch",
    summary="a data source is given something that is for another type of source",
    explanation="""\
A pool whose `async:poolType` is stated is for data sources of that type: "asyncpg" for "postgresql", "mongodb" for
"mongodb", "redis" for "redis". `db:cacheConfig` of a Redis source says that the strategy is kept in it, which one
whose backend is "memory" is not.""",
    example="""\
ex:Activities a db:DataSource ; db:type "mongodb" ; db:poolConfig ex:Pool .

ex:Pool a async:ConnectionPool ; async:poolType "asyncpg" .
""",
    mended="""\
ex:Activities a db:DataSource ; db:type "mongodb" ; db:poolConfig ex:Pool .

ex:Pool a async:ConnectionPool ; async:poolType "mongodb" .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    for source in facts.statements.sources.values():
        if source.kind:
            yield from _pool(facts, source, source.kind.value)
            yield from _cache(facts, source, source.kind.value)


def _pool(facts: Facts, source: SourceStatement, kind: SourceKind) -> Iterator[Diagnostic]:
    pool = facts.statements.pools.get(source.pool.value) if source.pool else None
    if source.pool and pool and pool.kind and pool.kind.value is not kind:
        name = facts.ontology.shorten(term(pool.iri))
        yield RULE.at(
            source.pool.place,
            f"{name} is a pool for {pool.kind.value}, and this source is of type {kind}",
            labels=(Label(pool.kind.place, "what the pool is for"),),
            help="give the source a pool of its own, or leave async:poolType out",
        )


def _cache(facts: Facts, source: SourceStatement, kind: SourceKind) -> Iterator[Diagnostic]:
    cache = facts.statements.caches.get(source.cache.value) if source.cache else None
    if source.cache and cache and kind is SourceKind.REDIS and not cache.in_redis:
        name = facts.ontology.shorten(term(cache.iri))
        yield RULE.at(
            source.cache.place,
            f"{name} is kept in memory, not in this source",
            labels=(Label(cache.backend.place, "its backend"),) if cache.backend else (),
            help='leave db:cacheConfig out, or make the backend "redis"',
        )
