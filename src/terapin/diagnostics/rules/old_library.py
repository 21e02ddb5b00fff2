from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Severity
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts
from terapin.ontology.statements import Stated
from terapin.ontology.subject import text_of

RULE = Rule(
    code="old-library",
    local=True,
    severity=Severity.INFO,
    summary="a library is named that is not used",
    explanation="""\
`motor` and `aioredis` have ended: MongoDB is reached by PyMongo's own `AsyncMongoClient`, Redis by `redis.asyncio` of
redis-py. `pybreaker` does nothing around `async def`: the circuit breaker of the service is in its `core/`. The names
are understood, and nothing has to be changed.""",
    example="""\
ex:Cache a async:CacheStrategy ; async:backend "aioredis" ; async:ttl 3600 .
""",
    mended="""\
ex:Cache a async:CacheStrategy ; async:backend "redis" ; async:ttl 3600 .
""",
)

# What is used instead, and what to write.
_INSTEAD = {
    "motor": ("AsyncMongoClient of PyMongo", 'write "mongodb"'),
    "aioredis": ("redis.asyncio of redis-py", 'write "redis"'),
    "pybreaker": ("the circuit breaker in core", "leave it out"),
}


def check(facts: Facts) -> Iterator[Diagnostic]:
    statements = facts.statements
    stated: list[Stated[object] | None] = [each.kind for each in statements.pools.values()]
    stated += [each.library for each in statements.breakers.values()]
    stated += [each.backend for each in statements.caches.values()]
    for each in filter(None, stated):
        library = text_of(each.object)
        if library in _INSTEAD:
            used, help = _INSTEAD[library]
            yield RULE.at(each.place, f"{used} is used, not {library}", help=help)
