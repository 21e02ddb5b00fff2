from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts
from terapin.ontology.terms import term

RULE = Rule(
    code="missing-primary-key",
    summary="an entity has no primary key",
    explanation="""\
Every entity has one field that is its key: it is what the path of a resource ends in, and what foreign keys
refer to. A UUID or an integer is made by the service.""",
    example="""\
ex:Book a orm:Entity ;
  orm:fields ( [ orm:fieldName "title" ; orm:fieldType "String" ] ) .
""",
    mended="""\
ex:Book a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "title" ; orm:fieldType "String" ]
  ) .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    for entity in facts.statements.entities.values():
        if not entity.keys and not facts.has_doubtful_field(entity):
            field = entity.scalars.get("id")
            help = (
                "add `orm:primaryKey true` to its field 'id'"
                if field
                else 'add a field `[ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]`'
            )
            name = facts.ontology.shorten(term(entity.iri))
            yield RULE.at(entity.place, f"{name} has no primary key", help=help)
