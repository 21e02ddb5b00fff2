"""The steps from one schema to the next.

What goes leaves under its old name, then what stays gets its new one, then comes what is new: every step finds
the names that it expects, and the steps taken back, the last one first, lead to where they began.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from types import UnionType

from .change import Change, TableChange
from .operations import (
    AddColumn,
    AddConstraint,
    AlterColumn,
    CreateIndex,
    CreateTable,
    DropColumn,
    DropConstraint,
    Operation,
    RenameColumn,
    RenameConstraint,
    RenameIndex,
    RenameSequence,
    RenameTable,
)
from .renames import in_order
from .schema import Check, Constraint, ForeignKey, Index, PrimaryKey, Table, Unique, sequence_name

Part = Constraint | Index


def difference(change: Change) -> tuple[Operation, ...]:
    """Foreign keys and indexes go first and come last: they need what they are about.

    A table comes after what is new in those that stay, and goes before what they lose: it may refer to that.
    """
    names = _Names(change)
    tables = [_Compared(each, names) for each in change.stayed]
    gone = [_adding(each.change.old, part).inverse() for each in tables for part in each.gone]
    new = [_adding(each.change.new, part) for each in tables for part in each.new]
    unmade, made = _creation(change.dropped), _creation(change.added)
    return (
        *(step for step in gone if not _is_own(step)),
        *(step.inverse() for step in reversed(unmade)),
        *(step for step in gone if _is_own(step)),
        *(DropColumn(each.old.name, column) for each in change.stayed for column in each.dropped),
        *_renames(tables),
        *_alterations(change),
        *(AddColumn(each.new.name, column) for each in change.stayed for column in each.added),
        *(step for step in new if _is_own(step)),
        *(step for step in made if isinstance(step, CreateTable)),
        *(step for step in new if not _is_own(step)),
        *(step for step in made if isinstance(step, AddConstraint)),
    )


class _Names:
    """Where names of before have gone. What is gone has the name "", which nothing has."""

    def __init__(self, change: Change) -> None:
        self.tables = {each.old.name: each.new.name for each in change.stayed}
        self.columns = {
            each.old.name: {old.name: new.name for old, new in each.columns}
            for each in change.stayed
        }

    def column(self, table: str, name: str) -> str:
        return self.columns.get(table, {}).get(name, "")

    def definition(self, table: str, part: Part) -> Part:
        """The same in the words of today, without its name."""

        def today(column: str) -> str:
            return self.column(table, column)

        match part:
            case Check(column=column):
                return replace(part, name="", column=today(column))
            case ForeignKey(column=column, table=target, key=key):
                return replace(
                    part,
                    name="",
                    column=today(column),
                    table=self.tables.get(target, ""),
                    key=self.column(target, key),
                )
        return replace(part, name="", columns=tuple(map(today, part.columns)))


class _Compared:
    """Constraints and indexes of a table that stays: those that do too, as they were and are, and the others."""

    kept: list[tuple[Part, Part]]
    new: list[Part]
    gone: tuple[Part, ...]

    def __init__(self, change: TableChange, names: _Names) -> None:
        self.change = change
        if change.old is change.new:
            parts = _parts(change.new)
            self.kept, self.new, self.gone = list(zip(parts, parts, strict=True)), [], ()
            return
        left = {names.definition(change.old.name, each): each for each in _parts(change.old)}
        self.kept = []
        self.new = []
        for each in _parts(change.new):
            former = left.pop(replace(each, name=""), None)
            if former:
                self.kept.append((former, each))
            else:
                self.new.append(each)
        self.gone = tuple(left.values())


def _parts(table: Table) -> tuple[Part, ...]:
    return (*table.constraints, *table.indexes)


def _adding(table: Table, part: Part) -> AddConstraint | CreateIndex:
    if isinstance(part, Index):
        return CreateIndex(table.name, part)
    return AddConstraint(table.name, part)


def _is_own(step: Operation) -> bool:
    """Whether it is about a constraint of one table alone."""
    if isinstance(step, AddConstraint | DropConstraint):
        return not isinstance(step.constraint, ForeignKey)
    return False


def _creation(tables: Sequence[Table]) -> list[CreateTable | AddConstraint]:
    """Tables, then the keys by which they refer to later ones."""
    deferred = {
        table.name: [
            key for key in table.constraints if isinstance(key, ForeignKey) and key.deferred
        ]
        for table in tables
    }
    return [
        *(CreateTable(_without(table, deferred[table.name])) for table in tables),
        *(AddConstraint(table, key) for table, keys in deferred.items() for key in keys),
    ]


def _without(table: Table, constraints: Sequence[Constraint]) -> Table:
    kept = tuple(each for each in table.constraints if each not in constraints)
    return replace(table, constraints=kept)


def _renames(tables: Sequence[_Compared]) -> Iterator[Operation]:
    """Primary keys and unique constraints are indexes too, whose names are those of the whole schema."""
    changes = [each.change for each in tables]
    for old, new in in_order({each.old.name: each.new.name for each in changes}):
        yield RenameTable(old, new)
    for change in changes:
        for old, new in in_order({old.name: new.name for old, new in change.columns}):
            yield RenameColumn(change.new.name, old, new)
    yield from _constraint_renames(_renamed(tables, PrimaryKey | Unique))
    for each in tables:
        yield from _constraint_renames(_renamed([each], Check | ForeignKey))
    for old, new in in_order({old: new for old, new, _ in _renamed(tables, Index)}):
        yield RenameIndex(old, new)
    for old, new in in_order(_sequences(changes)):
        yield RenameSequence(old, new)


def _renamed(tables: Iterable[_Compared], kind: UnionType | type) -> list[tuple[str, str, str]]:
    """Old name, new name and table of the parts of a kind whose name changed."""
    return [
        (old.name, new.name, each.change.new.name)
        for each in tables
        for old, new in each.kept
        if isinstance(old, kind) and old.name != new.name
    ]


def _constraint_renames(renamed: Iterable[tuple[str, str, str]]) -> Iterator[RenameConstraint]:
    tables = {old: table for old, _, table in renamed}
    for old, new in in_order({old: new for old, new, _ in renamed}):
        tables[new] = tables[old]
        yield RenameConstraint(tables[new], old, new)


def _sequences(changes: Iterable[TableChange]) -> dict[str, str]:
    return {
        sequence_name(each.old.name, old.name): sequence_name(each.new.name, new.name)
        for each in changes
        for old, new in each.columns
        if old.identity and new.identity
    }


def _alterations(change: Change) -> Iterator[AlterColumn]:
    for table in change.stayed:
        for old, new in table.columns:
            former = old if old.name == new.name else replace(old, name=new.name)
            if former is not new and former != new:
                yield AlterColumn(table.new.name, former, new)
