"""What a migration does, in words for people and in a name for its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ...evolution.operations import (
    AddColumn,
    AddConstraint,
    AlterColumn,
    CreateIndex,
    CreateTable,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropTable,
    Operation,
    RenameColumn,
    RenameTable,
)
from ...evolution.schema import Check, Column, Constraint, ForeignKey, Index, PrimaryKey, Unique

_LONGEST_NAME = 50
_OF_PARTS = AddConstraint | DropConstraint | CreateIndex | DropIndex


def words(steps: Sequence[Operation]) -> tuple[str, ...]:
    """A line a change, constraints last; of what is dropped to be made again, only the making."""
    names = {each.old: each.new for each in steps if isinstance(each, RenameTable)}
    made = {
        _subject(step, names) for step in steps if isinstance(step, AddConstraint | CreateIndex)
    }
    told = [
        step
        for step in steps
        if not (isinstance(step, DropConstraint | DropIndex) and _subject(step, names) in made)
    ]
    told.sort(key=lambda step: isinstance(step, _OF_PARTS))
    return tuple(dict.fromkeys(line for step in told for line in _words(step)))


def _subject(
    step: AddConstraint | DropConstraint | CreateIndex | DropIndex, names: Mapping[str, str]
) -> tuple[object, ...]:
    """The kind of a constraint or index, the table as it is called now, and the columns."""
    part = step.index if isinstance(step, CreateIndex | DropIndex) else step.constraint
    columns = (part.column,) if isinstance(part, Check | ForeignKey) else part.columns
    dropped = isinstance(step, DropConstraint | DropIndex)
    return type(part), names.get(step.table, step.table) if dropped else step.table, columns


def _words(step: Operation) -> Iterator[str]:
    match step:
        case CreateTable(table):
            yield f"add the table {table.name}"
        case DropTable(table):
            yield f"drop the table {table.name} and its rows"
        case RenameTable(old, new):
            yield f"rename the table {old} to {new}"
        case AddColumn(table, column):
            yield f"add {table}.{column.name}"
        case DropColumn(table, column):
            yield f"drop {table}.{column.name} and its values"
        case RenameColumn(table, old, new):
            yield f"rename {table}.{old} to {new}"
        case AlterColumn(table, old, new):
            yield from (f"{text} {table}.{new.name}{rest}" for text, rest in _altered(old, new))
        case AddConstraint(table, constraint):
            yield _constrained(table, constraint)
        case DropConstraint(table, constraint):
            yield f"no longer {_constrained(table, constraint)}"
        case CreateIndex(table, index):
            yield f"index {table} by {_columns(index)}"
        case DropIndex(table, index):
            yield f"no longer index {table} by {_columns(index)}"


def _altered(old: Column, new: Column) -> Iterator[tuple[str, str]]:
    if old.type != new.type:
        yield "change", f" from {old.type} to {new.type}"
    if old.nullable != new.nullable:
        yield ("allow" if new.nullable else "require"), " to be empty" if new.nullable else ""
    if old.default != new.default:
        yield ("set" if new.default else "no longer set"), " to the time of the insert"


def _constrained(table: str, constraint: Constraint) -> str:
    match constraint:
        case PrimaryKey():
            return f"make {_columns(constraint)} the key of {table}"
        case Unique():
            return f"keep {_columns(constraint)} of {table} unique"
        case Check(column=column, values=values):
            return f"hold {table}.{column} to {', '.join(map(repr, values))}"
        case ForeignKey(column=column, table=target):
            return f"let {table}.{column} refer to {target}"


def _columns(part: PrimaryKey | Unique | Index) -> str:
    return " and ".join(part.columns)


def file_name(steps: Sequence[Operation]) -> str:
    """After the first changes, as many as it can hold."""
    named = [name for step in steps if (name := _name(step))]
    first, *others = dict.fromkeys(named or ["constraints"])
    for name in others:
        if len(first) + len(name) >= _LONGEST_NAME:
            break
        first = f"{first}_{name}"
    return first[:_LONGEST_NAME].strip("_").lower()


def _name(step: Operation) -> str | None:
    match step:
        case CreateTable(table):
            return f"add_{table.name}"
        case DropTable(table):
            return f"drop_{table.name}"
        case RenameTable(old, new):
            return f"rename_{old}_to_{new}"
        case AddColumn(table, column):
            return f"add_{table}_{column.name}"
        case DropColumn(table, column):
            return f"drop_{table}_{column.name}"
        case RenameColumn(table, old, new):
            return f"rename_{table}_{old}_to_{new}"
        case AlterColumn(table, column):
            return f"change_{table}_{column.name}"
    return None
