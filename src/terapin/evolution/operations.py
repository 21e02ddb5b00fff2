"""The steps of a migration. Each knows the step that takes it back."""

from __future__ import annotations

from dataclasses import dataclass

from .schema import Column, Constraint, Index, Table


@dataclass(frozen=True, slots=True)
class CreateTable:
    """With its indexes."""

    table: Table

    def inverse(self) -> DropTable:
        return DropTable(self.table)


@dataclass(frozen=True, slots=True)
class DropTable:
    table: Table

    def inverse(self) -> CreateTable:
        return CreateTable(self.table)


@dataclass(frozen=True, slots=True)
class AddColumn:
    table: str
    column: Column

    def inverse(self) -> DropColumn:
        return DropColumn(self.table, self.column)


@dataclass(frozen=True, slots=True)
class DropColumn:
    table: str
    column: Column

    def inverse(self) -> AddColumn:
        return AddColumn(self.table, self.column)


@dataclass(frozen=True, slots=True)
class AlterColumn:
    """Its name is the same in both."""

    table: str
    old: Column
    new: Column

    def inverse(self) -> AlterColumn:
        return AlterColumn(self.table, self.new, self.old)


@dataclass(frozen=True, slots=True)
class AddConstraint:
    table: str
    constraint: Constraint

    def inverse(self) -> DropConstraint:
        return DropConstraint(self.table, self.constraint)


@dataclass(frozen=True, slots=True)
class DropConstraint:
    table: str
    constraint: Constraint

    def inverse(self) -> AddConstraint:
        return AddConstraint(self.table, self.constraint)


@dataclass(frozen=True, slots=True)
class CreateIndex:
    table: str
    index: Index

    def inverse(self) -> DropIndex:
        return DropIndex(self.table, self.index)


@dataclass(frozen=True, slots=True)
class DropIndex:
    table: str
    index: Index

    def inverse(self) -> CreateIndex:
        return CreateIndex(self.table, self.index)


@dataclass(frozen=True, slots=True)
class RenameTable:
    old: str
    new: str

    def inverse(self) -> RenameTable:
        return RenameTable(self.new, self.old)


@dataclass(frozen=True, slots=True)
class RenameColumn:
    table: str
    old: str
    new: str

    def inverse(self) -> RenameColumn:
        return RenameColumn(self.table, self.new, self.old)


@dataclass(frozen=True, slots=True)
class RenameConstraint:
    table: str
    old: str
    new: str

    def inverse(self) -> RenameConstraint:
        return RenameConstraint(self.table, self.new, self.old)


@dataclass(frozen=True, slots=True)
class RenameIndex:
    old: str
    new: str

    def inverse(self) -> RenameIndex:
        return RenameIndex(self.new, self.old)


@dataclass(frozen=True, slots=True)
class RenameSequence:
    """Of an identity column: PostgreSQL leaves its name as it is when the table's or the column's changes."""

    old: str
    new: str

    def inverse(self) -> RenameSequence:
        return RenameSequence(self.new, self.old)


Operation = (
    CreateTable
    | DropTable
    | AddColumn
    | DropColumn
    | AlterColumn
    | AddConstraint
    | DropConstraint
    | CreateIndex
    | DropIndex
    | RenameTable
    | RenameColumn
    | RenameConstraint
    | RenameIndex
    | RenameSequence
)
