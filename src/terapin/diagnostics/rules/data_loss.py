from __future__ import annotations

from collections.abc import Callable, Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.evolution.change import Change, TableChange, joined, made_by, referred
from terapin.evolution.likeness import successor, successor_column
from terapin.evolution.schema import Column, Table
from terapin.evolution.types import RESTRICTED, keeps_values
from terapin.model import DATABASE, TASK_TABLE, Entity, Field, FieldType, Place

RULE = Rule(
    code="data-loss",
    summary="a change would drop what the database holds, or may not fit it",
    explanation="""\
Whatever drops rows or values (an entity, a field, a relationship that is gone) or asks more of values than was
asked of them before (a shorter text, fewer digits, another type, a value where there may be none, a value less in
an enumeration, another key, another data source) is refused until somebody says that it is meant: `terapin generate
--allow-destructive`. What is dropped is then dropped by the new migration. What values have to fit is for
PostgreSQL to decide when the migration runs: it changes nothing where one does not. Numbers alone are rounded.
What moves to another data source is not taken along: the table is dropped, or the collection stays behind.
A type that is kept as text but is not any text, such as `Email` or `Phone`, PostgreSQL does not know: there a value
that does not fit stays, and the service fails to read or to find it.""",
    before="""\
ex:Book a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "title" ; orm:fieldType "String" ; orm:maxLength 200 ]
  ) .
""",
    example="""\
ex:Book a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "title" ; orm:fieldType "String" ; orm:maxLength 50 ]
  ) .
""",
    mended="""\
ex:Book a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "title" ; orm:fieldType "String" ; orm:maxLength 500 ]
  ) .
""",
)

_HELP = "if that is meant, run terapin generate --allow-destructive"


def judge(change: Change, shorten: Callable[[str], str]) -> Iterator[Diagnostic]:
    """What goes with an entity that is gone is not told apart."""
    left = [table for table in change.dropped if not change.moves(table)]
    gone = {table.source.iri for table in left if isinstance(table.source, Entity)}
    for table in left:
        if table.source and not successor(table, change) and not gone & set(joined(table)):
            name = shorten(table.source.iri)
            yield _lost(None, f"the table {table.name} of {name} would be dropped with its rows")
        elif table.name == TASK_TABLE:
            yield _lost(
                None, f"the table {table.name} would be dropped, with the tasks that wait in it"
            )
    for before, now in change.moved:
        if isinstance(before.source, Entity) and isinstance(now.source, Entity):
            yield _moved(before.source, now.source, shorten)
    for each in change.stayed:
        for column in each.dropped:
            if not successor_column(column, each, change) and referred(column) not in gone:
                yield _dropped(column, each, shorten)
        for old, new in each.columns:
            if old.source and new.source:
                yield from _altered(old, old.source, new, new.source, each.new)
    for each in (*change.stayed, *change.collections):
        yield from _other_key(each)


def _lost(place: Place | None, message: str) -> Diagnostic:
    return RULE.at(place, message, help=_HELP)


def _moved(before: Entity, now: Entity, shorten: Callable[[str], str]) -> Diagnostic:
    """What is on MongoDB, nothing drops."""
    if before.is_document:
        lost = f"the documents of the collection {before.table} would stay behind"
    else:
        lost = f"the table {before.table} would be dropped with its rows"
    sources = f"{before.data_source or DATABASE} to {now.data_source or DATABASE}"
    return _lost(now.place, f"{shorten(now.iri)} moves from {sources}: {lost}")


def _dropped(column: Column, table: TableChange, shorten: Callable[[str], str]) -> Diagnostic:
    relationship = made_by(column)
    owner = f" of {shorten(relationship)}" if relationship else ""
    return _lost(
        table.new.source.place if table.new.source else None,
        f"the column {table.old.name}.{column.name}{owner} would be dropped with its values",
    )


def _altered(
    old: Column, before: Field, new: Column, now: Field, table: Table
) -> Iterator[Diagnostic]:
    """A foreign key has the type of the key, which is told already."""
    name = f"{table.name}.{new.name}"
    is_key = before.foreign_key and now.foreign_key
    if not is_key and now.type in RESTRICTED and now.type is not before.type:
        yield _lost(
            now.place,
            f"{name} goes from {before.type} to {now.type}, and rows may have other values",
        )
    elif not is_key and not keeps_values(old.type, new.type):
        yield _lost(
            now.place, f"{name} goes from {old.type} to {new.type}, which may not hold its values"
        )
    if old.nullable and not new.nullable and new.default is None and new.fill is None:
        yield _lost(now.place, f"{name} becomes required, and rows may have no value")
    missing = [repr(value) for value in before.values if value not in now.values]
    if missing and now.type is FieldType.ENUM:
        yield _lost(now.place, f"{name} loses {', '.join(missing)}, which rows may have")


def _other_key(table: TableChange) -> Iterator[Diagnostic]:
    old, new = table.old.source, table.new.source
    if isinstance(old, Entity) and isinstance(new, Entity):
        former = {one.name: other.name for one, other in table.columns}.get(old.key.column)
        if former and former != new.key.column:
            yield _lost(
                new.key.place,
                f"{new.table} has the key {new.key.column} instead of {former}, by which rows are known",
            )
