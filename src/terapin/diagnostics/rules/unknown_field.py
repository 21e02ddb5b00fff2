from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.diagnostics.similar import did_you_mean
from terapin.model import Kind, Place
from terapin.ontology.facts import Facts
from terapin.ontology.sorting import orders
from terapin.ontology.statements import EntityStatement
from terapin.ontology.terms import term

RULE = Rule(
    code="unknown-field",
    summary="a field is named that the entity does not have",
    explanation="""\
`orm:uniqueTogether`, `orm:indexes` and `rel:orderBy` name fields of an entity: its scalar fields, its foreign keys
(also those that are made), or a to-one relationship, which stands for its foreign key. `rel:orderBy` names
fields of the entity on the many side.""",
    example="""\
ex:Book a orm:Entity ;
  orm:indexes ( ( "titel" ) ) ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "title" ; orm:fieldType "String" ]
  ) .
""",
    mended="""\
ex:Book a orm:Entity ;
  orm:indexes ( ( "title" ) ) ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "title" ; orm:fieldType "String" ]
  ) .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    for entity in facts.statements.entities.values():
        for group in (*entity.unique_together, *entity.indexes):
            for stated in group:
                yield from _unknown(facts, entity, stated.value, stated.place)
    for link in facts.links:
        if link.statement.order_by:
            many = link.source if link.kind is Kind.MANY_TO_ONE else link.target
            for order in orders(link.statement.order_by.value):
                yield from _unknown(facts, many, order.field, link.statement.order_by.place)


def _unknown(
    facts: Facts, entity: EntityStatement, name: str, place: Place
) -> Iterator[Diagnostic]:
    if facts.attribute(entity, name) is None and not facts.is_doubtful(entity):
        shown = facts.ontology.shorten(term(entity.iri))
        yield RULE.at(
            place,
            f"{shown} has no field '{name}'",
            help=did_you_mean(name, facts.field_names(entity)),
        )
