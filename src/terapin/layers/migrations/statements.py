"""The steps of a migration as statements of Alembic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

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
    RenameConstraint,
    RenameIndex,
    RenameSequence,
    RenameTable,
)
from ...evolution.schema import Check, Column, Constraint, ForeignKey, PrimaryKey, Table, Unique
from ...evolution.types import SqlType, conversion
from ...model import FieldType, Now
from ..python import Imports, call, literal
from ..types import NOW

# Found again to tell where a revision has to be completed.
UNFILLED = (
    "# What do rows get that are already there? Without an answer this fails where there are any:"
)

_NOW = {
    "Date": NOW[FieldType.DATE],
    "Time": NOW[FieldType.TIME],
    "DateTime": NOW[FieldType.DATE_TIME],
}
_TYPES = {"DateTime": "sa.DateTime(timezone=True)", "JSONB": "postgresql.JSONB()"}
_KINDS = {PrimaryKey: "primary", Unique: "unique", Check: "check", ForeignKey: "foreignkey"}


class Statements:
    """Spells steps; `imports` are what the statements need."""

    def __init__(self) -> None:
        self.imports = Imports()
        self.imports.name("__future__", "annotations")

    def lines(self, steps: Iterable[Operation]) -> tuple[str, ...]:
        lines = tuple(line for step in steps for line in self._statements(step))
        if lines:
            self.imports.name("alembic", "op")
        return lines or ("pass",)

    def _statements(self, step: Operation) -> Iterator[str]:
        match step:
            case CreateTable(table):
                yield self._create_table(table)
                for index in table.indexes:
                    yield from self._statements(CreateIndex(table.name, index))
            case DropTable(table):
                yield call("op.drop_table", [literal(table.name)])
            case AddColumn(table, column):
                yield from self._add_column(table, column)
            case DropColumn(table, column):
                yield call("op.drop_column", [literal(table), literal(column.name)])
            case AlterColumn(table, old, new):
                yield from self._alter_column(table, old, new)
            case AddConstraint(table, constraint):
                yield _add_constraint(table, constraint)
            case DropConstraint(table, constraint):
                kind = f'type_="{_KINDS[type(constraint)]}"'
                yield call("op.drop_constraint", [_final(constraint.name), literal(table), kind])
            case CreateIndex(table, index):
                arguments = [literal(index.name), literal(table), _list(index.columns)]
                if index.where:
                    self.imports.module("sqlalchemy as sa")
                    arguments.append(f"postgresql_where={call('sa.text', [literal(index.where)])}")
                yield call("op.create_index", arguments)
            case DropIndex(table, index):
                arguments = [literal(index.name), f"table_name={literal(table)}"]
                yield call("op.drop_index", arguments)
            case RenameTable(old, new):
                yield call("op.rename_table", [literal(old), literal(new)])
            case RenameColumn(table, old, new):
                arguments = [literal(table), literal(old), f"new_column_name={literal(new)}"]
                yield call("op.alter_column", arguments)
            case RenameConstraint(table, old, new):
                yield _execute(
                    f"ALTER TABLE {_quoted(table)} RENAME CONSTRAINT {_quoted(old)} TO {_quoted(new)}"
                )
            case RenameIndex(old, new):
                yield _execute(f"ALTER INDEX {_quoted(old)} RENAME TO {_quoted(new)}")
            case RenameSequence(old, new):
                yield _execute(f"ALTER SEQUENCE {_quoted(old)} RENAME TO {_quoted(new)}")

    def _create_table(self, table: Table) -> str:
        """With a comma at the end, so that it is formatted a line an item."""
        items = [*map(self._column, table.columns), *map(_constraint, table.constraints)]
        return call("op.create_table", [literal(table.name), *items, ""])

    def _column(self, column: Column) -> str:
        arguments = [literal(column.name), self._type(column.type)]
        if column.identity:
            arguments.append("sa.Identity()")
        if default := self._default(column):
            arguments.append(f"server_default={default}")
        return call("sa.Column", [*arguments, f"nullable={column.nullable}"])

    def _type(self, type_: SqlType) -> str:
        self.imports.module("sqlalchemy as sa")
        if type_.name == "JSONB":
            self.imports.name("sqlalchemy.dialects", "postgresql")
        return _TYPES.get(type_.name) or call(f"sa.{type_.name}", map(str, type_.arguments))

    def _default(self, column: Column) -> str | None:
        if isinstance(column.default, Now):
            self.imports.module("sqlalchemy as sa")
            return f"sa.func.{_NOW[column.type.name]}()"
        return None if column.default is None else literal(column.default)

    def _add_column(self, table: str, column: Column) -> Iterator[str]:
        """The service gives defaults to new rows; the database gives them once, to those that are there."""
        added = replace(column, nullable=True) if column.unfilled else column
        if column.fill is not None:
            added = replace(column, default=column.fill)
        yield call("op.add_column", [literal(table), self._column(added)])
        yield from self._alter_column(table, added, column)

    def _alter_column(self, table: str, old: Column, new: Column) -> Iterator[str]:
        at = f"ALTER TABLE {_quoted(table)} ALTER COLUMN {_quoted(new.name)}"
        default = old.default
        if old.identity and not new.identity:
            yield _execute(f"{at} DROP IDENTITY")
        if default and old.type != new.type:
            yield _alter(table, new, "server_default=None")
            default = None
        if old.type != new.type:
            using = conversion(old.type, new.type, _quoted(new.name))
            converting = [f"postgresql_using={literal(using)}"] if using else []
            yield _alter(table, new, f"type_={self._type(new.type)}", *converting)
        if new.default != default:
            yield _alter(table, new, f"server_default={self._default(new)}")
        if old.nullable and not new.nullable:
            yield from _filling(table, new)
        if old.nullable != new.nullable:
            yield _alter(table, new, f"nullable={new.nullable}")
        if new.identity and not old.identity:
            yield _execute(f"{at} ADD GENERATED BY DEFAULT AS IDENTITY")
            yield _execute(_after_the_last(table, new.name))


def _alter(table: str, column: Column, *arguments: str) -> str:
    return call("op.alter_column", [literal(table), literal(column.name), *arguments])


def _filling(table: str, column: Column) -> Iterator[str]:
    """What gives a value to rows without one, or else the place to say it."""
    value, name = _value(column), _quoted(column.name)
    setting = ("UPDATE", _quoted(table), "SET", name, "=", value or "...", "WHERE", name, "IS NULL")
    if value:
        yield _execute(" ".join(setting))
    else:
        yield UNFILLED
        yield f'# op.execute("""{" ".join(setting)}""")'


def _value(column: Column) -> str | None:
    if isinstance(column.default, Now):
        return {"now": "now()"}.get(_NOW[column.type.name], _NOW[column.type.name])
    return None if column.fill is None else _sql_text(column.fill)


def _after_the_last(table: str, column: str) -> str:
    """So that the keys to come do not meet those that are there."""
    sequence = f"pg_get_serial_sequence({_sql_text(_quoted(table))}, {_sql_text(column)})"
    following = f"coalesce(max({_quoted(column)}), 0) + 1"
    return " ".join(("SELECT", f"setval({sequence}, {following}, false)", "FROM", _quoted(table)))


def _add_constraint(table: str, constraint: Constraint) -> str:
    name, on = _final(constraint.name), literal(table)
    match constraint:
        case PrimaryKey(columns=columns):
            return call("op.create_primary_key", [name, on, _list(columns)])
        case Unique(columns=columns):
            return call("op.create_unique_constraint", [name, on, _list(columns)])
        case Check():
            return call("op.create_check_constraint", [name, on, literal(_condition(constraint))])
        case ForeignKey(column=column, table=target, key=key, on_delete=on_delete):
            ends = [literal(target), _list([column]), _list([key])]
            return call("op.create_foreign_key", [name, on, *ends, f'ondelete="{on_delete}"'])


def _constraint(constraint: Constraint) -> str:
    name = f"name={_final(constraint.name)}"
    match constraint:
        case PrimaryKey(columns=columns):
            return call("sa.PrimaryKeyConstraint", [*map(literal, columns), name])
        case Unique(columns=columns):
            return call("sa.UniqueConstraint", [*map(literal, columns), name])
        case Check():
            return call("sa.CheckConstraint", [literal(_condition(constraint)), name])
        case ForeignKey(column=column, table=target, key=key, on_delete=on_delete):
            ends = [_list([column]), _list([f"{target}.{key}"])]
            return call("sa.ForeignKeyConstraint", [*ends, name, f'ondelete="{on_delete}"'])


def _condition(check: Check) -> str:
    return f"{_quoted(check.column)} IN ({', '.join(map(_sql_text, check.values))})"


def _execute(sql: str) -> str:
    return call("op.execute", [literal(sql)])


def _sql_text(value: str) -> str:
    """A literal, its colons escaped because SQLAlchemy reads `:name` as a parameter."""
    return "'" + value.replace("'", "''").replace(":", "\\:") + "'"


def _quoted(name: str) -> str:
    return f'"{name}"'


def _final(name: str) -> str:
    """Not to be made longer by a naming convention."""
    return call("op.f", [literal(name)])


def _list(names: Iterable[str]) -> str:
    return f"[{', '.join(map(literal, names))}]"
