from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.model import SourceKind
from terapin.ontology.facts import Facts
from terapin.ontology.statements import value_of
from terapin.ontology.terms import term

RULE = Rule(
    code="entity-in-redis",
    summary="an entity is to live in Redis",
    explanation="""\
Entities live in PostgreSQL or on MongoDB, which find them by any field, in any order, and keep what they were told.
Redis keeps what is cached: `orm:cache` has an entity's answers kept there too.""",
    example="""\
ex:Store a db:DataSource ; db:type "redis" .

ex:Book a orm:Entity ;
  orm:dataSource ex:Store ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
    mended="""\
ex:Store a db:DataSource ; db:type "redis" ; db:cacheConfig ex:Cache .

ex:Cache a async:CacheStrategy .

ex:Book a orm:Entity ;
  orm:cache ex:Cache ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    for entity in facts.statements.entities.values():
        source = facts.statements.sources.get(value_of(entity.data_source) or "")
        if entity.data_source and source and source.is_of(SourceKind.REDIS):
            yield RULE.at(
                entity.data_source.place,
                f"an entity cannot live in {facts.ontology.shorten(term(source.iri))}, a Redis source",
                help="name one of type postgresql or mongodb; what is cached is said by `orm:cache`",
            )
