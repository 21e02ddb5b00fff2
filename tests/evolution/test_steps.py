"""The steps between any two models, taken one by one on a picture of a database that refuses what a real one would."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from itertools import permutations
from pathlib import Path

import pytest

from terapin.evolution.change import changed
from terapin.evolution.difference import difference
from terapin.evolution.operations import (
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
    RenameTable,
)
from terapin.evolution.schema import (
    Check,
    Column,
    Constraint,
    ForeignKey,
    Index,
    PrimaryKey,
    Schema,
    Unique,
    schema_of,
)
from terapin.model import ServiceModel
from tests.ontologies import compiled, compiled_sources, model_of

from .cases import CASES, Case

ONTOLOGIES = sorted((Path(__file__).parents[1] / "cases" / "code").glob("*/ontology.ttl"))
Part = Constraint | Index


@dataclass
class Table:
    columns: dict[str, Column] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)


class Picture:
    def __init__(self, schema: Schema) -> None:
        self.tables = {
            table.name: Table(
                {each.name: each for each in table.columns},
                {each.name: each for each in (*table.constraints, *table.indexes)},
            )
            for table in schema.tables
        }

    def take(self, step: Operation) -> None:
        match step:
            case CreateTable(table):
                _free(self.tables, table.name)
                self.tables[table.name] = Table({each.name: each for each in table.columns})
                parts = (*table.constraints, *table.indexes)
                for part in sorted(parts, key=lambda part: isinstance(part, ForeignKey)):
                    self.add(table.name, part)
            case DropTable(table):
                del self.tables[table.name]
                assert not [key for _, key in self.keys() if key.table == table.name]
            case AddColumn(table, column):
                _free(self.tables[table].columns, column.name)
                self.tables[table].columns[column.name] = column
            case DropColumn(table, column):
                del self.tables[table].columns[column.name]
                assert not [
                    part
                    for part in self.tables[table].parts.values()
                    if column.name in _columns(part)
                ]
            case AlterColumn(table, old, new):
                assert self.tables[table].columns[old.name] == old
                self.tables[table].columns[old.name] = new
            case AddConstraint(table, part) | CreateIndex(table, part):
                self.add(table, part)
            case DropConstraint(table, part) | DropIndex(table, part):
                assert self.tables[table].parts.pop(part.name) == part
                assert all(self.is_known(key) for _, key in self.keys())
            case RenameTable(old, new):
                _free(self.tables, new)
                self.tables[new] = self.tables.pop(old)
                for table, key in self.keys():
                    if key.table == old:
                        self.tables[table].parts[key.name] = replace(key, table=new)
            case RenameColumn(table, old, new):
                self.rename_column(table, old, new)
            case RenameConstraint(table, old, new):
                self.rename_part(table, old, new)
            case RenameIndex(old, new):
                (owner,) = [name for name, table in self.tables.items() if old in table.parts]
                self.rename_part(owner, old, new)

    def keys(self) -> list[tuple[str, ForeignKey]]:
        return [
            (name, part)
            for name, table in self.tables.items()
            for part in table.parts.values()
            if isinstance(part, ForeignKey)
        ]

    def add(self, table: str, part: Part) -> None:
        _free(self.tables[table].parts, part.name)
        assert {*_columns(part)} <= self.tables[table].columns.keys()
        if isinstance(part, ForeignKey):
            assert self.is_known(part)
        self.tables[table].parts[part.name] = part

    def is_known(self, key: ForeignKey) -> bool:
        """Whether rows are told apart by what it refers to."""
        return any(
            isinstance(part, PrimaryKey | Unique) and part.columns == (key.key,)
            for part in self.tables[key.table].parts.values()
        )

    def rename_column(self, table: str, old: str, new: str) -> None:
        columns = self.tables[table].columns
        _free(columns, new)
        columns[new] = replace(columns.pop(old), name=new)
        parts = self.tables[table].parts
        for name, part in parts.items():
            if isinstance(part, Check | ForeignKey):
                parts[name] = replace(part, column=new if part.column == old else part.column)
            else:
                names = tuple(new if column == old else column for column in part.columns)
                parts[name] = replace(part, columns=names)
        for owner, key in self.keys():
            if (key.table, key.key) == (table, old):
                self.tables[owner].parts[key.name] = replace(key, key=new)

    def rename_part(self, table: str, old: str, new: str) -> None:
        parts = self.tables[table].parts
        _free(parts, new)
        parts[new] = replace(parts.pop(old), name=new)


def _free(names: Collection[str], name: str) -> None:
    assert name not in names


def _columns(part: Part) -> tuple[str, ...]:
    return (part.column,) if isinstance(part, Check | ForeignKey) else part.columns


def assert_there_and_back(old: ServiceModel, new: ServiceModel) -> None:
    steps = difference(changed(old, new))
    picture = Picture(schema_of(old))
    for step in steps:
        picture.take(step)
    assert picture.tables == Picture(schema_of(new)).tables
    for step in reversed(steps):
        picture.take(step.inverse())
    assert picture.tables == Picture(schema_of(old)).tables


@pytest.mark.parametrize("path", sorted(CASES.glob("*.toml")), ids=lambda path: path.stem)
def test_of_each_case_there_and_back(path: Path) -> None:
    case = Case.load(path)
    names = compiled(case.before).names
    old, new = model_of(case.before), model_of(case.after, pinned=names)
    assert_there_and_back(old, new)
    assert_there_and_back(new, old)


def test_of_any_two_ontologies_there_and_back() -> None:
    models = [compiled_sources({path.name: path.read_text("utf-8")}).model for path in ONTOLOGIES]
    for old, new in permutations(filter(None, models), 2):
        assert_there_and_back(old, new)
