from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Label
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts
from terapin.ontology.terms import term

RULE = Rule(
    code="foreign-key-type",
    summary="a foreign key is not of the type of the key that it refers to",
    explanation="""\
A field that a relationship uses as its foreign key holds the key of the other entity, so it has the same type.
A foreign key that is not declared among the fields is made, with the right type.""",
    example="""\
ex:User a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "posts" ; orm:fieldType rel:OneToMany ]
  ) .

ex:Post a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "user_id" ; orm:fieldType "Integer" ]
  ) .

ex:UserPosts a rel:OneToMany ; rel:from ex:User ; rel:to ex:Post ; rel:foreignKey "user_id" .
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
    [ orm:fieldName "user_id" ; orm:fieldType "UUID" ]
  ) .

ex:UserPosts a rel:OneToMany ; rel:from ex:User ; rel:to ex:Post ; rel:foreignKey "user_id" .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    seen: set[str] = set()
    for link in facts.keyed:
        field, referenced = facts.key(link).field, facts.key_field(link)
        if field and field.type and referenced and referenced.type:
            ours, theirs = field.type, referenced.type
            if ours.value is not theirs.value and field.identity not in seen:
                seen.add(field.identity)
                entity = facts.ontology.shorten(term(link.referenced.iri))
                yield RULE.at(
                    ours.place,
                    f"foreign key '{field.name}' is of type {ours.value}, "
                    f"but the key of {entity} is of type {theirs.value}",
                    labels=(Label(theirs.place, "the key that it refers to"),),
                    help=f'write "{theirs.value}", or leave the field out: it is made',
                )
