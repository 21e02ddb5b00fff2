from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts
from terapin.ontology.statements import FieldStatement, RelationshipStatement
from terapin.ontology.terms import term

RULE = Rule(
    code="field-without-relationship",
    summary="a relationship field stands for no relationship",
    explanation="""\
A field whose type is a kind of relationship names one end of a relationship that is stated by itself: one of
that kind which starts from the entity, or one of the inverse kind which leads to it.""",
    example="""\
ex:User a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "posts" ; orm:fieldType rel:OneToMany ]
  ) .

ex:Post a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
    mended="""\
ex:User a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "posts" ; orm:fieldType rel:OneToMany ]
  ) .

ex:Post a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:UserPosts a rel:OneToMany ; rel:from ex:User ; rel:to ex:Post .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    named = {
        (each.source.value, each.field.value): each
        for each in facts.statements.relationships
        if each.source and each.field
    }
    for field, candidates in facts.bindings.loose:
        other = named.get((field.entity, field.name))
        if other:
            yield _of_other_kind(facts, field, other)
        elif not _explained(facts, field):
            yield _diagnostic(facts, field, candidates)


def _explained(facts: Facts, field: FieldStatement) -> bool:
    """Whether a relationship that was reported may be the one."""
    return any(
        each.doubtful and (each.source is None or each.source.value == field.entity)
        for each in facts.statements.relationships
    )


def _of_other_kind(
    facts: Facts, field: FieldStatement, relationship: RelationshipStatement
) -> Diagnostic:
    name = facts.ontology.shorten(term(relationship.iri))
    return RULE.at(
        field.place,
        f"field '{field.name}' is rel:{field.kind and field.kind.value}, "
        f"but the relationship {name} is rel:{relationship.kind}",
    )


def _diagnostic(
    facts: Facts, field: FieldStatement, candidates: tuple[RelationshipStatement, ...]
) -> Diagnostic:
    kind = f"rel:{field.kind and field.kind.value}"
    entity = facts.ontology.shorten(term(field.entity))
    if candidates:
        names = " or ".join(facts.ontology.shorten(term(each.iri)) for each in candidates)
        help = f'say which it is the other end of: add `rel:inverseField "{field.name}"` to {names}'
    else:
        help = f"state it: `ex:{field.name.title()} a {kind} ; rel:from {entity} ; rel:to … .`"
    return RULE.at(
        field.place, f"no relationship stands behind the field '{field.name}'", help=help
    )
