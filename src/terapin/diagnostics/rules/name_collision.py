from __future__ import annotations

from collections.abc import Iterable, Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Label
from terapin.diagnostics.rule import Rule
from terapin.model import Place, naming
from terapin.ontology.facts import Facts
from terapin.ontology.statements import Stated
from terapin.ontology.terms import term

RULE = Rule(
    code="name-collision",
    summary="two names are the same",
    explanation="""\
Names that the ontology states have to differ, also after they were made names of Python or SQL: `createdAt` and
`created_at` are both the attribute `created_at`, and tables and modules differ by more than case. Names
that terapin makes itself give way on their own.""",
    example="""\
ex:Book a orm:Entity ;
  orm:tableName "items" ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:Film a orm:Entity ;
  orm:tableName "items" ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
    mended="""\
ex:Book a orm:Entity ;
  orm:tableName "books" ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:Film a orm:Entity ;
  orm:tableName "films" ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    yield from _classes(facts)
    yield from _tables(facts)
    yield from _operations(facts)
    yield from _attributes(facts)


def _classes(facts: Facts) -> Iterator[Diagnostic]:
    stated = [
        (entity.iri, entity.class_name, naming.class_name(entity.class_name.value))
        for entity in facts.statements.entities.values()
        if entity.class_name
    ]
    yield from _collisions(facts, "class", stated)


def _tables(facts: Facts) -> Iterator[Diagnostic]:
    entities = [(each.iri, each.table_name) for each in facts.statements.entities.values()]
    joins = [(each.iri, each.through) for each in facts.statements.relationships]
    stated = [
        (iri, name, naming.stated_table_name(name.value)) for iri, name in entities + joins if name
    ]
    yield from _collisions(facts, "table", stated)


def _operations(facts: Facts) -> Iterator[Diagnostic]:
    stated = [
        (endpoint.iri, endpoint.operation_id, naming.operation_name(endpoint.operation_id.value))
        for endpoint in facts.statements.endpoints
        if endpoint.operation_id
    ]
    yield from _collisions(facts, "operation", stated)


def _collisions(
    facts: Facts, what: str, stated: Iterable[tuple[str, Stated[str], str]]
) -> Iterator[Diagnostic]:
    seen: dict[str, tuple[str, Stated[str]]] = {}
    for iri, name, made in stated:
        other, first = seen.setdefault(made.casefold(), (iri, name))
        if first is not name:
            both = f"{facts.ontology.shorten(term(other))} and {facts.ontology.shorten(term(iri))}"
            yield _diagnostic(f"{both} have the same {what} '{made}'", name.place, first.place)


def _attributes(facts: Facts) -> Iterator[Diagnostic]:
    """Of one name twice, `duplicate-field` speaks."""
    for entity in facts.statements.entities.values():
        seen: dict[str, tuple[str, Place]] = {}
        for member in facts.members(entity):
            made = naming.attribute_name(member.name)
            name, first = seen.setdefault(made.casefold(), (member.name, member.place))
            if name != member.name:
                message = f"fields '{name}' and '{member.name}' are both called '{made}' in Python"
                yield _diagnostic(message, member.place, first)


def _diagnostic(message: str, place: Place, first: Place) -> Diagnostic:
    return RULE.at(place, message, labels=(Label(first, "the other one"),))
