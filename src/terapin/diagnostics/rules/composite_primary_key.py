from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Label
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts
from terapin.ontology.terms import term

RULE = Rule(
    code="composite-primary-key",
    local=True,
    summary="an entity has several primary keys",
    explanation="""\
The key of an entity is one field. Where several fields identify something together, give it a key of its own
and make the fields unique together with `orm:uniqueTogether`.""",
    example="""\
ex:Line a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "order" ; orm:fieldType "Integer" ; orm:primaryKey true ]
  ) .
""",
    mended="""\
ex:Line a orm:Entity ;
  orm:uniqueTogether ( ( "order" ) ) ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "order" ; orm:fieldType "Integer" ]
  ) .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    for entity in facts.statements.entities.values():
        if len(entity.keys) > 1:
            names = " ".join(f'"{field.name}"' for field in entity.keys)
            places = [field.primary_key.place for field in entity.keys if field.primary_key]
            yield RULE.at(
                places[0],
                f"{facts.ontology.shorten(term(entity.iri))} has {len(entity.keys)} primary keys",
                labels=tuple(Label(place, "and this one") for place in places[1:]),
                help=f"keep one, and state `orm:uniqueTogether ( ( {names} ) )` for what is unique together",
            )
