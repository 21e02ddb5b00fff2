"""What is to be read: rows of one entity, which of their values, and what is embedded in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..pagination import SortTerm
from ..resource import Column, Relation, Resource


@dataclass(frozen=True, slots=True)
class Value:
    """A field, under a name of the client's choice; `names` are what its values are called there."""

    name: str
    column: Column
    names: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Constant:
    """A text that is the same in every row."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows, in which order, from where: what `where` and `position` compare with is bound later.

    `where` takes the entity that is read, so that one that is read twice in a statement can be told apart.
    """

    where: tuple[Any, ...] = ()
    sort: tuple[SortTerm, ...] = ()
    limit: int = 0
    offset: Any = None
    position: tuple[Any, ...] | None = None


@dataclass(frozen=True, slots=True)
class One:
    """The row that a relation to one leads to, or null."""

    name: str
    relation: Relation
    selection: Selection


@dataclass(frozen=True, slots=True)
class Page:
    """The rows that a relation to many leads to: `items` and `next_cursor`."""

    name: str
    relation: Relation
    selection: Selection
    window: Window


@dataclass(frozen=True, slots=True)
class Rows:
    """The same as a bare list."""

    name: str
    relation: Relation
    selection: Selection
    window: Window


Member = Value | Constant | One | Page | Rows


@dataclass(frozen=True, slots=True)
class Selection:
    """An object for each row, its members in this order."""

    resource: Resource
    members: Sequence[Member] = field(default_factory=tuple)

    def attributes(self) -> Iterator[str]:
        """What has to be read of the row itself."""
        for member in self.members:
            if isinstance(member, Value):
                yield member.column.attribute.key
            elif not isinstance(member, Constant):
                yield member.relation.local
