from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts
from terapin.ontology.statements import is_true

RULE = Rule(
    code="graphql-key",
    summary="the primary key is hidden from GraphQL",
    explanation="""\
Rows are asked for, changed and deleted by their keys, so that GraphQL shows the key of every entity that it shows.
`gql:expose false` on the entity hides all of it.""",
    example="""\
ex:Post a orm:Entity ;
  gql:expose true ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ; gql:expose false ]
  ) .
""",
    mended="""\
ex:Post a orm:Entity ;
  gql:expose true ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
  ) .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    for iri, entity in facts.statements.entities.items():
        if iri not in facts.exposure.entities:
            continue
        for field in entity.scalars.values():
            if is_true(field.primary_key) and field.expose and not field.expose.value:
                yield RULE.at(
                    field.expose.place,
                    f"the key '{field.name}' cannot be hidden",
                    help="hide the entity, or leave gql:expose out",
                )
