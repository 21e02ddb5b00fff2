from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.diagnostics.similar import similar
from terapin.model.naming import entity_stem, local_name
from terapin.ontology.facts import Facts
from terapin.ontology.statements import RelationshipStatement, Stated
from terapin.ontology.terms import term

RULE = Rule(
    code="rel-unknown-target",
    summary="a relationship leads to, or starts from, something that is not an entity",
    explanation="""\
Both ends of a relationship (`rel:from` and `rel:to`) are entities that the ontology declares, in whichever of
its files. Most often the entity was forgotten, is misspelt, or is called by another prefix.""",
    example="""\
ex:User a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "posts" ; orm:fieldType rel:OneToMany ]
  ) .

ex:UserPosts a rel:OneToMany ; rel:from ex:User ; rel:to ex:Post .
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


# Of more than so many, no meaning is guessed: a whole file or a namespace is missing, not a letter.
_GUESSED = 50


def check(facts: Facts) -> Iterator[Diagnostic]:
    missing = [
        (each, stated, does)
        for each in facts.statements.relationships
        for stated, does in ((each.source, "starts from"), (each.target, "targets"))
        if stated and facts.is_missing(stated.value)
    ]
    for each, stated, does in missing:
        meant = _meant(facts, stated.value) if len(missing) <= _GUESSED else None
        yield _diagnostic(facts, stated, f"relationship '{_name(facts, each)}' {does}", meant)


def _meant(facts: Facts, iri: str) -> str | None:
    return similar(_stem(iri), {_stem(entity): entity for entity in facts.statements.entities})


def _name(facts: Facts, relationship: RelationshipStatement) -> str:
    bound = facts.bindings.forward.get(relationship.iri)
    if bound:
        return bound.name
    if relationship.field:
        return relationship.field.value
    return facts.ontology.shorten(term(relationship.iri))


def _diagnostic(facts: Facts, stated: Stated[str], subject: str, meant: str | None) -> Diagnostic:
    name = facts.ontology.shorten(term(stated.value))
    help = f"declare it as `{name} a orm:Entity`"
    if meant:
        help += f", or did you mean {facts.mention(meant)}?"
    return RULE.at(stated.place, f"{subject} {name}, which is not an entity", help=help)


def _stem(iri: str) -> str:
    """Without what all entities may have in common, their namespace and `Model`."""
    return entity_stem(local_name(iri))
