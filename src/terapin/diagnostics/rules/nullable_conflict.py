from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Label
from terapin.diagnostics.rule import Rule
from terapin.model import Cascade
from terapin.ontology.facts import Facts
from terapin.ontology.links import Link
from terapin.ontology.statements import Stated

RULE = Rule(
    code="nullable-conflict",
    summary="a foreign key is to be nullable and not to be",
    explanation="""\
Whether a foreign key can be empty is said by `rel:nullable` of the relationship, by `orm:nullable` of the field if
the key is declared as one, or by `rel:cascade "nullify"`, which empties it. Where two of them speak, they
agree. A foreign key that is also the primary key is never empty.""",
    example="""\
ex:User a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "posts" ; orm:fieldType rel:OneToMany ]
  ) .

ex:Post a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "user_id" ; orm:fieldType "UUID" ; orm:nullable false ]
  ) .

ex:UserPosts a rel:OneToMany ; rel:from ex:User ; rel:to ex:Post ; rel:foreignKey "user_id" ; rel:cascade "nullify" .
""",
    mended="""\
ex:User a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "posts" ; orm:fieldType rel:OneToMany ]
  ) .

ex:Post a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "user_id" ; orm:fieldType "UUID" ; orm:nullable true ]
  ) .

ex:UserPosts a rel:OneToMany ; rel:from ex:User ; rel:to ex:Post ; rel:foreignKey "user_id" ; rel:cascade "nullify" .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    for link in facts.keyed:
        stated = list(_stated(facts, link))
        no = next((each for each, nullable in stated if not nullable), None)
        yes = next((each for each, nullable in stated if nullable), None)
        if yes and no:
            yield RULE.at(
                no.place,
                f"the foreign key '{facts.key(link).name}' has to be nullable",
                labels=(Label(yes.place, "because of this"),),
            )


def _stated(facts: Facts, link: Link) -> Iterator[tuple[Stated[object], bool]]:
    """All that speaks of the matter, and what it says."""
    statement, field = link.statement, facts.key(link).field
    if statement.cascade and statement.cascade.value is Cascade.NULLIFY:
        yield statement.cascade, True
    if statement.nullable:
        yield statement.nullable, statement.nullable.value
    if field and field.nullable:
        yield field.nullable, field.nullable.value
    if field and field.primary_key and field.primary_key.value:
        yield field.primary_key, False
