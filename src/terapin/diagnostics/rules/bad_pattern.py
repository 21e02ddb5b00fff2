from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts
from terapin.ontology.patterns import objection

RULE = Rule(
    code="bad-pattern",
    local=True,
    summary="a pattern is not a regular expression that can be used",
    explanation="""\
A pattern is checked by the service with an engine that takes linear time, and by tests with Python's. It is
written in what both understand: no look-around, no back-references, no conditions, no possessive or atomic
groups, and only the escapes that mean the same in both. It matches anywhere in the text unless `^` and `$` tie
it to the ends.""",
    example="""\
ex:Book a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "isbn" ; orm:fieldType "String" ; orm:pattern "^(?=9)[0-9]{13}$" ]
  ) .
""",
    mended="""\
ex:Book a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "isbn" ; orm:fieldType "String" ; orm:pattern "^9[0-9]{12}$" ]
  ) .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    for entity in facts.statements.entities.values():
        for field in entity.fields:
            reason = objection(field.pattern.value) if field.pattern else None
            if field.pattern and reason:
                yield RULE.at(field.pattern.place, f"the pattern {reason}")
