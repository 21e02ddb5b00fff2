from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.model import Place, naming, reserved
from terapin.ontology.facts import Facts
from terapin.ontology.statements import Stated

RULE = Rule(
    code="unsafe-name",
    local=True,
    summary="a name cannot be used",
    explanation="""\
Names become identifiers, columns and paths, so they have no control characters and no more than 63 bytes, which is
where PostgreSQL would cut them, and are not empty. That of a relationship is a segment of a path
(`/books/{id}/authors`) and has nothing that means something there; that of a task, which stands in messages as well,
has letters, digits, `_`, `-` and `.`. Some tables belong to the service itself (`health`, `metrics`, `docs`,
`alembic_version`, …), and those that begin with `pg_` to PostgreSQL.""",
    example="""\
ex:Book a orm:Entity ;
  orm:tableName "metrics" ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
    mended="""\
ex:Book a orm:Entity ;
  orm:tableName "book_metrics" ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
)


_TASK = re.compile(r"(?!celery\.)[A-Za-z_][A-Za-z0-9_.-]{0,62}\Z")
_IN_PATHS = frozenset("/\\?#%{}")


def check(facts: Facts) -> Iterator[Diagnostic]:
    statements = facts.statements
    for entity in statements.entities.values():
        yield from _table(entity.table_name)
        yield from _name(entity.class_name)
        for field in entity.fields:
            yield from _text(field.name, field.place)
            if field.kind:
                yield from _segment(field.name, field.place)
    for relationship in statements.relationships:
        yield from _table(relationship.through)
        for name in (relationship.foreign_key, relationship.field, relationship.inverse_field):
            yield from _name(name)
        for end in (relationship.field, relationship.inverse_field):
            if end:
                yield from _segment(end.value, end.place)
    for endpoint in statements.endpoints:
        yield from _name(endpoint.operation_id)
        for parameter in endpoint.parameters:
            yield from _text(parameter.name, parameter.place)
    for task in statements.tasks:
        yield from _task(task.name)
        for each in task.parameters:
            yield from _text(each.name, each.place)
    for message in statements.messages.values():
        for each in message.fields:
            yield from _text(each.name, each.place)
    for service in statements.services:
        yield from _name(service.name)


def _table(stated: Stated[str] | None) -> Iterator[Diagnostic]:
    yield from _name(stated)
    made = naming.stated_table_name(stated.value).casefold() if stated else ""
    if stated and made in reserved.TABLES:
        yield RULE.at(stated.place, f"the table '{stated.value}' belongs to the service itself")
    elif stated and made.startswith(reserved.CATALOG):
        yield RULE.at(
            stated.place, f"the table '{stated.value}' would be hidden by PostgreSQL's own"
        )


def _task(stated: Stated[str] | None) -> Iterator[Diagnostic]:
    if stated and not _TASK.match(stated.value):
        yield RULE.at(
            stated.place,
            f"a task cannot be called '{stated.value}'",
            help="take letters, digits, _, - and ., 63 of them at most; celery. belongs to Celery",
        )


def _segment(name: str, place: Place) -> Iterator[Diagnostic]:
    if _IN_PATHS.intersection(name) or name in (".", ".."):
        yield RULE.at(place, f"a relationship cannot be called '{name}': its name stands in a path")


def _name(stated: Stated[str] | None) -> Iterator[Diagnostic]:
    if stated:
        yield from _text(stated.value, stated.place)


def _text(name: str, place: Place) -> Iterator[Diagnostic]:
    if not name.strip():
        yield RULE.at(place, "a name cannot be empty")
    elif not name.isprintable() and any(
        unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in name
    ):
        yield RULE.at(place, "a name cannot have control characters")
    elif len(name.encode("utf-8", "surrogatepass")) > naming.SQL_NAME_BYTES:
        yield RULE.at(place, f"a name has at most {naming.SQL_NAME_BYTES} bytes")
