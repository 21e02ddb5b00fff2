from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.model.naming import plural_name
from terapin.ontology.facts import Facts
from terapin.ontology.links import Link
from terapin.ontology.terms import term

RULE = Rule(
    code="relationship-without-field",
    summary="a relationship has no name on the entity that it starts from",
    explanation="""\
A relationship is seen from the entity of its `rel:from` as a field. Either the entity has a field of the
relationship's kind (`[ orm:fieldName "posts" ; orm:fieldType rel:OneToMany ]`), or the relationship says its
name itself by `rel:field`. Where several relationships or several fields of one kind start from an
entity, `rel:field` says which belongs to which.""",
    example="""\
ex:User a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:Post a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:UserPosts a rel:OneToMany ; rel:from ex:User ; rel:to ex:Post .
""",
    mended="""\
ex:User a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:Post a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:UserPosts a rel:OneToMany ; rel:from ex:User ; rel:to ex:Post ; rel:field "posts" .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    ambiguous = {each.iri: fields for each, fields in facts.bindings.ambiguous}
    for relationship, fields in facts.bindings.ambiguous:
        names = [field.name for field in fields]
        kind = f"rel:{relationship.kind}"
        source = facts.ontology.shorten(term(fields[0].entity))
        yield RULE.at(
            relationship.place,
            f"{source} has several relationships or fields of kind {kind}: which field is this one?",
            help="say it by " + " or ".join(f'`rel:field "{name}"`' for name in names),
        )
    for link in facts.links:
        doubtful = link.statement.doubtful or facts.has_doubtful_field(link.source)
        if link.forward_name is None and link.iri not in ambiguous and not doubtful:
            yield _diagnostic(facts, link)


def _diagnostic(facts: Facts, link: Link) -> Diagnostic:
    name = _suggestion(facts, link)
    source = facts.ontology.shorten(term(link.source.iri))
    return RULE.at(
        link.statement.place,
        f"no field of {source} stands for this relationship",
        help=f'add `rel:field "{name}"`, or the field '
        f'`[ orm:fieldName "{name}" ; orm:fieldType rel:{link.kind} ]` to {source}',
    )


def _suggestion(facts: Facts, link: Link) -> str:
    module = facts.naming.entities[link.target.iri].module.rstrip("_")
    return plural_name(module) if link.kind.endswith("ToMany") else module
