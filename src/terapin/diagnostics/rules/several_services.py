from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Label
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts

RULE = Rule(
    code="several-services",
    summary="more than one service is declared",
    explanation="""\
An ontology describes one service: its name, version and description are stated once. Ontologies of several
services are generated one by one.""",
    example="""\
ex:Shop a api:Service ; api:name "Shop" .

ex:Store a api:Service ; api:name "Store" .

ex:Book a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
    mended="""\
ex:Shop a api:Service ; api:name "Shop" .

ex:Book a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    first, *others = facts.statements.services or (None,)
    if first and others:
        labels = tuple(Label(each.place, "another one") for each in others)
        yield RULE.at(first.place, "more than one service is declared", labels=labels)
