from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Label
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts
from terapin.ontology.links import Link

RULE = Rule(
    code="shared-foreign-key",
    summary="two relationships use the same foreign key",
    explanation="""\
A relationship has two ends and is stated once: as `rel:OneToMany` from the one side or as `rel:ManyToOne` from
the many side. The other end is there by itself, and `rel:inverseField`, or a field of the inverse kind,
names it. Two relationships are two foreign keys.""",
    example="""\
ex:User a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "posts" ; orm:fieldType rel:OneToMany ]
  ) .

ex:Post a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "author" ; orm:fieldType rel:ManyToOne ]
  ) .

ex:UserPosts a rel:OneToMany ; rel:from ex:User ; rel:to ex:Post ; rel:foreignKey "user_id" .

ex:PostAuthor a rel:ManyToOne ; rel:from ex:Post ; rel:to ex:User ; rel:foreignKey "user_id" .
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
    [ orm:fieldName "author" ; orm:fieldType rel:ManyToOne ]
  ) .

ex:UserPosts a rel:OneToMany ; rel:from ex:User ; rel:to ex:Post ; rel:foreignKey "user_id" .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    seen: dict[tuple[str, str], Link] = {}
    for link in facts.keyed:
        key = facts.key(link)
        first = seen.setdefault((link.holder.iri, key.column.casefold()), link)
        if first is not link:
            where = link.statement.foreign_key or link.statement
            before = first.statement.foreign_key or first.statement
            yield RULE.at(
                where.place,
                f"the foreign key '{key.name}' belongs to another relationship",
                labels=(Label(before.place, "this one"),),
                help="state a relationship once and name its other end by `rel:inverseField`, "
                "or give this one a foreign key of its own",
            )
