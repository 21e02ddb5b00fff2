from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Label
from terapin.diagnostics.rule import Rule
from terapin.model import FieldType, Place, naming, reserved
from terapin.ontology.facts import Facts, Member
from terapin.ontology.statements import EntityStatement, FieldStatement
from terapin.ontology.terms import term

RULE = Rule(
    code="graphql-name",
    summary="two names are the same in GraphQL",
    explanation="""\
Types of GraphQL are called after classes: an entity `Post` takes the names `Post`, `PostWhere`, `PostOrder`,
`PostCreateInput`, `PostUpdateInput`, `PostConnection`, `PostEdge` and `PostChange`, its enumerations take theirs.
Fields are called after attributes, in camel case: `address_2` and `address2` are both `address2`. What GraphQL itself
or its filters use (`PageInfo`, `Direction`, `and`, `or`, `not`) is taken. The fields at the root are made, and give
way on their own.""",
    example="""\
ex:Blog a api:Service ; api:name "Blog" ; gql:expose true .

ex:Post a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:PostEdge a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
    mended="""\
ex:Blog a api:Service ; api:name "Blog" ; gql:expose true .

ex:Post a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:PostEdge a orm:Entity ;
  orm:className "PostBorder" ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    shown = [
        each for iri, each in facts.statements.entities.items() if iri in facts.exposure.entities
    ]
    yield from _types(facts, shown)
    for entity in shown:
        yield from _enumerations(facts, entity)
        yield from _fields(facts, entity)
        yield from _operators(facts, entity)


def _types(facts: Facts, entities: list[EntityStatement]) -> Iterator[Diagnostic]:
    """Of classes that are the same, `name-collision` speaks."""
    seen: dict[str, EntityStatement] = {}
    own = {each.iri: _class(facts, each) for each in entities}
    for entity in entities:
        for name in _taken(facts, entity):
            shown = facts.ontology.shorten(term(entity.iri))
            if name in reserved.GRAPHQL_TYPES:
                message = f"{shown} makes a type '{name}', which GraphQL has already"
                yield RULE.at(_place(entity), message, help=_HELP)
            elif (other := seen.setdefault(name, entity)) is not entity:
                if own[other.iri] == own[entity.iri]:
                    continue
                message = (
                    f"{facts.ontology.shorten(term(other.iri))} and {shown} "
                    f"both make a type '{name}' of GraphQL"
                )
                label = Label(_place(other), "the other one")
                yield RULE.at(_place(entity), message, labels=(label,), help=_HELP)


_HELP = "give it another class by `orm:className`, or hide it by `gql:expose false`"


def _taken(facts: Facts, entity: EntityStatement) -> Iterator[str]:
    yield from _own(facts, entity)
    for _, enum in _enums(facts, entity):
        yield from (enum, f"{enum}EqualFilter", f"Nullable{enum}EqualFilter")


def _own(facts: Facts, entity: EntityStatement) -> Iterator[str]:
    class_name = _class(facts, entity)
    return (f"{class_name}{suffix}" for suffix in ("", *naming.GRAPHQL_SUFFIXES))


def _enums(facts: Facts, entity: EntityStatement) -> Iterator[tuple[FieldStatement, str]]:
    for field in entity.scalars.values():
        if field.type and field.type.value is FieldType.ENUM:
            attribute = facts.naming.fields[field.identity].attribute
            yield field, naming.enum_name(_class(facts, entity), attribute)


def _enumerations(facts: Facts, entity: EntityStatement) -> Iterator[Diagnostic]:
    own = set(_own(facts, entity))
    for field, enum in _enums(facts, entity):
        if enum in own and facts.exposure.shows(field):
            shown = facts.ontology.shorten(term(entity.iri))
            yield RULE.at(
                field.place,
                f"the enumeration of '{field.name}' is called '{enum}', as a type of {shown} itself is",
                help="give the field another name, or hide it by `gql:expose false`",
            )


def _class(facts: Facts, entity: EntityStatement) -> str:
    return facts.naming.entities[entity.iri].class_name


def _place(entity: EntityStatement) -> Place:
    return entity.class_name.place if entity.class_name else entity.place


def _fields(facts: Facts, entity: EntityStatement) -> Iterator[Diagnostic]:
    """Of those that are one attribute, `name-collision` speaks."""
    seen: dict[str, Member] = {}
    for member in _shown(facts, entity):
        attribute = naming.attribute_name(member.name)
        name = naming.graphql_name(attribute)
        first = seen.setdefault(name, member)
        if naming.attribute_name(first.name) != attribute:
            message = (
                f"fields '{first.name}' and '{member.name}' are both called '{name}' in GraphQL"
            )
            yield RULE.at(member.place, message, labels=(Label(first.place, "the other one"),))


def _operators(facts: Facts, entity: EntityStatement) -> Iterator[Diagnostic]:
    for member in _shown(facts, entity):
        name = naming.graphql_name(naming.attribute_name(member.name))
        if name in ("and", "or", "not") and member.name in entity.scalars:
            yield RULE.at(
                member.place,
                f"a field '{member.name}' is called like an operator of GraphQL's filters",
                help="give it another name, or hide it by `gql:expose false`",
            )


def _shown(facts: Facts, entity: EntityStatement) -> Iterator[Member]:
    hidden = {each.name for each in entity.fields if not facts.exposure.shows(each)}
    return (member for member in facts.members(entity) if member.name not in hidden)
