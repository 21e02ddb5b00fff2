from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.model import FieldType
from terapin.ontology.build import digits_of
from terapin.ontology.facts import Facts

RULE = Rule(
    code="document-decimal",
    summary="a Decimal of an entity on MongoDB has more digits than MongoDB keeps",
    explanation="""\
MongoDB keeps decimal numbers of 34 digits, and what has more would be rounded. `orm:precision` of an entity that lives
there is 34 at most; in PostgreSQL it may be 1000.""",
    example="""\
ex:Archive a db:DataSource ; db:type "mongodb" .

ex:Offer a orm:Entity ;
  orm:dataSource ex:Archive ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "price" ; orm:fieldType "Decimal" ; orm:precision 40 ]
  ) .
""",
    mended="""\
ex:Archive a db:DataSource ; db:type "mongodb" .

ex:Offer a orm:Entity ;
  orm:dataSource ex:Archive ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "price" ; orm:fieldType "Decimal" ; orm:precision 34 ]
  ) .
""",
)

_DIGITS = 34


def check(facts: Facts) -> Iterator[Diagnostic]:
    for iri in facts.placement.documents:
        for field in facts.statements.entities[iri].scalars.values():
            if field.type and field.type.value is FieldType.DECIMAL:
                digits = digits_of(field)[0]
                stated = field.precision or field.scale or field.type
                if digits > _DIGITS:
                    yield RULE.at(
                        stated.place,
                        f"the field '{field.name}' has {digits} digits, and MongoDB keeps {_DIGITS}",
                    )
