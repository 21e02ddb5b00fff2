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
endpoint an `api:method` and an `api:path`, a parameter a name and a type (`api:name` and `api:type`, or
`task:name` and `task:type`), a data source a `db:type`, an enumeration its `orm:values`, and a condition an
`auth:field` and what it is to be (`auth:equals` or `auth:in`). A service that takes tokens has an `auth:issuer` and an
`auth:audience`: a token that somebody else was given, or for something else, is none of it.""",
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
