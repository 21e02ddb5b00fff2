from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Label
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts
from terapin.ontology.terms import term

RULE = Rule(
    code="several-stores",
    summary="a cache strategy is to be kept in several Redis sources",
    explanation="""\
What is cached is kept in one place: in the Redis source that names the strategy by `db:cacheConfig`. Strategies with
the same numbers for different sources are different strategies.""",
    example="""\
ex:Near a db:DataSource ; db:type "redis" ; db:cacheConfig ex:Cache .

ex:Far a db:DataSource ; db:type "redis" ; db:cacheConfig ex:Cache .

ex:Cache a async:CacheStrategy ; async:ttl 60 .
""",
    mended="""\
ex:Near a db:DataSource ; db:type "redis" ; db:cacheConfig ex:Cache .

ex:Far a db:DataSource ; db:type "redis" ; db:cacheConfig ex:FarCache .

ex:Cache a async:CacheStrategy ; async:ttl 60 .

ex:FarCache a async:CacheStrategy ; async:ttl 60 .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    for iri, stores in facts.placement.stores.items():
        stated = [source.cache for source in stores if source.cache]
        if len(stated) > 1:
            name = facts.ontology.shorten(term(iri))
            yield RULE.at(
                stated[1].place,
                f"{name} is to be kept in more than one source",
                labels=tuple(Label(each.place, "also here") for each in (stated[0], *stated[2:])),
            )
