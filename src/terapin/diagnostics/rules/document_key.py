from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Label
from terapin.diagnostics.rule import Rule
from terapin.model import FieldType
from terapin.ontology.facts import Facts
from terapin.ontology.terms import term

RULE = Rule(
    code="document-key",
    summary="an entity on MongoDB has a key that the database would number",
    explanation="""\
A primary key of type Integer or BigInteger is a number that the database counts up, which MongoDB does not. On MongoDB
a key is a UUID, which the service makes, or a String, which the client gives. One that is a foreign key has the type
of what it refers to.""",
    example="""\
ex:Archive a db:DataSource ; db:type "mongodb" .

ex:Review a orm:Entity ;
  orm:dataSource ex:Archive ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "Integer" ; orm:primaryKey true ] ) .
""",
    mended="""\
ex:Archive a db:DataSource ; db:type "mongodb" .

ex:Review a orm:Entity ;
  orm:dataSource ex:Archive ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
)

_NUMBERED = (FieldType.INTEGER, FieldType.BIG_INTEGER)


def check(facts: Facts) -> Iterator[Diagnostic]:
    referring = {field.identity for each in facts.keyed if (field := facts.key(each).field)}
    for iri in facts.placement.documents:
        entity = facts.statements.entities[iri]
        for key in entity.keys:
            if key.type and key.type.value in _NUMBERED and key.identity not in referring:
                yield RULE.at(
                    key.type.place,
                    f"{facts.ontology.shorten(term(iri))} lives on MongoDB, which numbers no keys",
                    labels=(Label(entity.data_source.place, "where it lives"),)
                    if entity.data_source
                    else (),
                    help='use "UUID", which the service makes, or "String"',
                )
