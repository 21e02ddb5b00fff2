from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.model import Kind
from terapin.ontology.facts import Facts

RULE = Rule(
    code="relationship-kind",
    summary="a term says nothing of this kind of relationship",
    explanation="""\
A ManyToMany has a table of its own (`rel:through`) instead of a foreign key, and its rows go with either side, so
`rel:foreignKey`, `rel:nullable` and `rel:cascade` are for the other kinds; and there is nothing to order
(`rel:orderBy`) where both sides are one.""",
    example="""\
ex:Post a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "tags" ; orm:fieldType rel:ManyToMany ]
  ) .

ex:Tag a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:PostTags a rel:ManyToMany ; rel:from ex:Post ; rel:to ex:Tag ; rel:foreignKey "tag_id" .
""",
    mended="""\
ex:Post a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "tags" ; orm:fieldType rel:ManyToMany ]
  ) .

ex:Tag a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:PostTags a rel:ManyToMany ; rel:from ex:Post ; rel:to ex:Tag ; rel:through "post_tags" .
""",
)

_KEYED = (Kind.ONE_TO_MANY, Kind.MANY_TO_ONE, Kind.ONE_TO_ONE)
_FITS = {
    "foreign_key": ("rel:foreignKey", _KEYED),
    "nullable": ("rel:nullable", _KEYED),
    "cascade": ("rel:cascade", _KEYED),
    "through": ("rel:through", (Kind.MANY_TO_MANY,)),
    "order_by": ("rel:orderBy", (Kind.ONE_TO_MANY, Kind.MANY_TO_ONE, Kind.MANY_TO_MANY)),
}


def check(facts: Facts) -> Iterator[Diagnostic]:
    for relationship in facts.statements.relationships:
        for attribute, (name, kinds) in _FITS.items():
            stated = getattr(relationship, attribute)
            if stated and relationship.kind not in kinds:
                yield RULE.at(stated.place, f"{name} says nothing of a {relationship.kind}")
