"""What may be, under a new name, what is gone: nobody has said so, so it is asked."""

from __future__ import annotations

from ..model import Entity, Relationship
from .change import Change, TableChange, referred, related_by
from .schema import Column, Table


def successor(gone: Table, change: Change) -> Table | None:
    """Of an entity any new one, unless it has moved; of a many-to-many relationship a new one between the same two entities."""
    if change.moves(gone):
        return None
    new = (each for each in change.added if not change.moves(each))
    likely = [each for each in new if _alike(gone, each, change)]
    return max(likely, key=lambda each: len(_names(each) & _names(gone)), default=None)


def successor_column(gone: Column, table: TableChange, change: Change) -> Column | None:
    """Of a plain column any new one of the table; of a foreign key a new one that refers to the same entity."""
    likely = [each for each in table.added if _alike_columns(gone, each, change)]
    return max(likely, key=lambda each: each.type == gone.type, default=None)


def _alike(gone: Table, new: Table, change: Change) -> bool:
    match gone.source, new.source:
        case Entity(), Entity():
            return True
        case Relationship(join_table=old), Relationship(join_table=join) if old and join:
            return {old.left, old.right} == {change.former(join.left), change.former(join.right)}
    return False


def _alike_columns(gone: Column, new: Column, change: Change) -> bool:
    relationship = related_by(gone)
    return referred(gone) == change.former(referred(new)) and (
        relationship is None or relationship != related_by(new)
    )


def _names(table: Table) -> set[str]:
    return {each.name for each in table.columns}
