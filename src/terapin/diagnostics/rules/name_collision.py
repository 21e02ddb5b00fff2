from __future__ import annotations

from collections.abc import Iterable, Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Label
from terapin.diagnostics.rule import Rule
from terapin.model import Kind, Place, naming
from terapin.ontology.facts import Facts
from terapin.ontology.statements import Stated, is_true
from terapin.ontology.terms import term

RULE = Rule(
    code="name-collision",
    summary="two names are the same",
    explanation="""\
Names that the ontology states have to differ, also after they were made names of Python or SQL: `createdAt` and
`created_at` are both the attribute `created_at`, tables and modules differ by more than case, and no two fields
have the same index (a `group_name` of `user` and a `name` of `user_group` would). Names that terapin makes
itself give way on their own.""",
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
    yield from _tasks(facts)
    yield from _attributes(facts)
    yield from _indexes(facts)


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


def _tasks(facts: Facts) -> Iterator[Diagnostic]:
    """Endpoints and tasks have their handlers in one place."""
    stated = [
        (task.iri, task.name, naming.task_name(task.name.value))
        for task in facts.statements.tasks
        if task.name
    ]
    yield from _collisions(facts, "name", stated)
    operations = {
        facts.naming.operations[each.iri].casefold(): each.operation_id.place
        if each.operation_id
        else each.place
        for each in facts.statements.endpoints
    }
    for iri, name, made in stated:
        if made.casefold() in operations:
            yield _diagnostic(
                f"{facts.ontology.shorten(term(iri))} and an endpoint have the same handler '{made}'",
                name.place,
                operations[made.casefold()],
            )


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
    for task in facts.statements.tasks:
        seen = {}
        for each in task.parameters:
            made = naming.attribute_name(each.name)
            name, first = seen.setdefault(made.casefold(), (each.name, each.place))
            if name != each.name:
                message = (
                    f"parameters '{name}' and '{each.name}' are both called '{made}' in Python"
                )
                yield _diagnostic(message, each.place, first)


def _indexes(facts: Facts) -> Iterator[Diagnostic]:
    """PostgreSQL has one scope for the indexes of all tables."""
    seen: dict[str, tuple[str, Place]] = {}
    for name, entity, place in _indexed(facts):
        other, first = seen.setdefault(name, (entity, place))
        if other != entity:
            shown = [facts.ontology.shorten(term(iri)) for iri in (other, entity)]
            yield _diagnostic(
                f"{' and '.join(shown)} both have the index '{name}'",
                place,
                first,
                help="give one of the tables or fields another name",
            )


def _indexed(facts: Facts) -> Iterator[tuple[str, str, Place]]:
    """The names of indexes, with the relational entities that they are of."""
    naming, documents = facts.naming, facts.placement.documents
    for entity in facts.statements.entities.values():
        if entity.iri in documents:
            continue
        table = naming.entities[entity.iri].table
        for field in entity.scalars.values():
            column = naming.fields[field.identity].column
            if is_true(field.unique):
                yield f"uq_{table}_{column}", entity.iri, field.place
            elif is_true(field.index):
                yield f"ix_{table}_{column}", entity.iri, field.place
    for link in facts.keyed:
        holder = link.holder.iri
        kind = "uq" if link.kind is Kind.ONE_TO_ONE else "ix"
        name = f"{kind}_{naming.entities[holder].table}_{facts.key(link).column}"
        if holder not in documents:
            yield name, holder, link.statement.place


def _diagnostic(message: str, place: Place, first: Place, help: str | None = None) -> Diagnostic:
    return RULE.at(place, message, labels=(Label(first, "the other one"),), help=help)
