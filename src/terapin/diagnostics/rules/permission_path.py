from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts
from terapin.ontology.permissions import conditions
from terapin.ontology.statements import EntityStatement, Stated, is_true
from terapin.ontology.terms import term
from terapin.ontology.ways import NAMING, NoWay, Way, Ways

RULE = Rule(
    code="permission-path",
    summary="a permission looks where nothing is that it could compare",
    explanation="""\
`auth:owner`, `auth:tenant` and the `auth:field` of a condition are a field of the entity, a relationship to one, or a
path of them: `author`, `post.author`, `post.status`. An owner is a row of the entity that says `auth:subject true`, or
a field with what a token says of its subject; a tenant is a row, or a field with what a token says of the tenant. Such
a field is a String, a Text, a UUID or a whole number. A path neither goes over relationships to many, of which none is
the owner, nor from one store into another, since no query spans both.""",
    example="""\
ex:Shop a api:Service ; auth:issuer "https://id.example.org/" ; auth:audience "shop" ;
  auth:read "public" ; auth:create "owner" ; auth:update "owner" ; auth:delete "owner" .

ex:User a orm:Entity ;
  auth:subject true ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:Book a orm:Entity ;
  auth:owner "auhtor" ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:BookAuthor a rel:ManyToOne ; rel:from ex:Book ; rel:to ex:User ; rel:field "author" .
""",
    mended="""\
ex:Shop a api:Service ; auth:issuer "https://id.example.org/" ; auth:audience "shop" ;
  auth:read "public" ; auth:create "owner" ; auth:update "owner" ; auth:delete "owner" .

ex:User a orm:Entity ;
  auth:subject true ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:Book a orm:Entity ;
  auth:owner "author" ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:BookAuthor a rel:ManyToOne ; rel:from ex:Book ; rel:to ex:User ; rel:field "author" .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    ways = Ways(facts)
    for entity in facts.statements.entities.values():
        for path in (entity.owner, entity.tenant):
            if path:
                yield from _of_subject(facts, path, ways.find(entity, path.value))
        if entity.owner:
            yield from _of_owner(facts, entity.owner, ways.find(entity, entity.owner.value))
        for condition in conditions(entity):
            yield from _leads(condition.field, ways.find(entity, condition.field.value))


def _leads(path: Stated[str], way: Way | NoWay) -> Iterator[Diagnostic]:
    if isinstance(way, NoWay) and way.message:
        yield RULE.at(path.place, way.message, help=way.help)


def _of_subject(facts: Facts, path: Stated[str], way: Way | NoWay) -> Iterator[Diagnostic]:
    yield from _leads(path, way)
    if isinstance(way, Way) and way.type and way.type not in NAMING:
        article = "an" if way.type[0] in "AEIO" else "a"
        yield RULE.at(
            path.place,
            f"'{path.value}' is {article} {way.type}, which no token can be compared with",
            help=f"take a field of the type {', '.join(sorted(NAMING))}, or a relationship",
        )


def _of_owner(facts: Facts, path: Stated[str], way: Way | NoWay) -> Iterator[Diagnostic]:
    if isinstance(way, Way) and way.refers_to and not is_true(way.refers_to.is_subject):
        name = _shown(facts, way.refers_to)
        yield RULE.at(
            path.place,
            f"'{path.value}' leads to {name}, and nothing says that tokens are of these",
            help=f"say `auth:subject true` of {name}",
        )


def _shown(facts: Facts, entity: EntityStatement) -> str:
    return facts.ontology.shorten(term(entity.iri))
