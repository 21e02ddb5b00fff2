from __future__ import annotations

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.model import Place
from terapin.vocabulary import Term

RULE = Rule(
    code="misplaced-term",
    local=True,
    summary="a term is used where it says nothing",
    explanation="""\
Every term is said of something: `orm:tableName` of an entity, `orm:unique` of a field, `rel:cascade` of a
relationship. Elsewhere it would be ignored, so it is refused. `terapin explain TERM` says what a term is
said of.""",
    example="""\
ex:Book a orm:Entity ;
  orm:unique true ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
  ) .
""",
    mended="""\
ex:Book a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
)


def diagnostic(place: Place, term: Term) -> Diagnostic:
    if term.is_class:
        return RULE.at(place, f"{term.name} is a class, not a property")
    return RULE.at(place, f"{term.name} says nothing here", help=f"it is said of: {term.of}")
