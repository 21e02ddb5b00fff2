from __future__ import annotations

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.model import Place

RULE = Rule(
    code="missing-value",
    local=True,
    summary="something that must be stated is not",
    explanation="""\
A field has an `orm:fieldName` and an `orm:fieldType`, a relationship a `rel:from` and a `rel:to`, an
endpoint an `api:method` and an `api:path`, a parameter an `api:name` and an `api:type`, a data source a
`db:type`, and an enumeration its `orm:values`.""",
    example="""\
ex:Book a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "title" ]
  ) .
""",
    mended="""\
ex:Book a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "title" ; orm:fieldType "String" ]
  ) .
""",
)


def diagnostic(place: Place, predicate: str, what: str) -> Diagnostic:
    return RULE.at(place, f"{what} needs {predicate}")
