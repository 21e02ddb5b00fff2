from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Label
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts
from terapin.ontology.statements import is_true

RULE = Rule(
    code="several-subjects",
    summary="tokens would name rows of several entities",
    explanation="""\
`auth:subject true` says of which entity the key is what a token says of its subject (`sub`). Of two entities, nobody
could tell which one is meant.""",
    example="""\
ex:User a orm:Entity ;
  auth:subject true ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:Customer a orm:Entity ;
  auth:subject true ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
    mended="""\
ex:User a orm:Entity ;
  auth:subject true ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:Customer a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    found = [
        each.is_subject
        for each in facts.statements.entities.values()
        if each.is_subject and is_true(each.is_subject)
    ]
    for stated in found[1:]:
        yield RULE.at(
            stated.place,
            "tokens are of another entity already",
            labels=(Label(found[0].place, "of this one"),),
            help="leave it out of all but one",
        )
