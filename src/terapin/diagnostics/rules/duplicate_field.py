from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Label
from terapin.diagnostics.rule import Rule
from terapin.model import Place
from terapin.ontology.facts import Facts

RULE = Rule(
    code="duplicate-field",
    local=True,
    summary="two fields of an entity have the same name",
    explanation="""\
The names of the fields and relationships of an entity differ, for each is a key of its JSON. The end of a
relationship that starts elsewhere (`rel:inverseField`) counts as well.""",
    example="""\
ex:Book a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "title" ; orm:fieldType "String" ]
    [ orm:fieldName "title" ; orm:fieldType "Text" ]
  ) .
""",
    mended="""\
ex:Book a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "title" ; orm:fieldType "String" ]
    [ orm:fieldName "blurb" ; orm:fieldType "Text" ]
  ) .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    for entity in facts.statements.entities.values():
        seen: dict[str, Place] = {}
        for member in facts.members(entity):
            first = seen.setdefault(member.name, member.place)
            if first != member.place:
                yield RULE.at(
                    member.place,
                    f"there are two fields '{member.name}'",
                    labels=(Label(first, "the other one"),),
                )
