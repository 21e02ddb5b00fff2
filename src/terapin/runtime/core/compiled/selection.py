"""What is to be read: rows of one entity, which of their values, and what is embedded in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

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


class Criterion(Protocol):
    """A condition on rows, whose values are bound later. Those of one `kind` make one statement."""

    @property
    def kind(self) -> Any: ...

    def criterion(self, entity: Any) -> Any:
        """Of the entity that is read: one that is read twice in a statement is told apart."""


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows, in which order, from where. What `offset` and `position` are is bound later."""

    where: tuple[Criterion, ...] = ()
    sort: tuple[SortTerm, ...] = ()
    limit: int = 0
    offset: Any = None
    position: tuple[Any, ...] | None = None

    @property
    def kind(self) -> Any:
        sort = tuple((term.column.key, term.descending) for term in self.sort)
        position = self.position and tuple(each is None for each in self.position)
        where = tuple(each.kind for each in self.where)
        return where, sort, self.limit, self.offset is None, position


@dataclass(frozen=True, slots=True)
class One:
    """The row that a relation to one leads to, or null."""

    name: str
    relation: Relation
    selection: Selection


@dataclass(frozen=True, slots=True)
class Page:
    """The rows that a relation to many leads to: `items` and `next_cursor`.

    Where there can be many sources, each has a share of them: the more sources, the smaller (`loading`).
    """

    name: str
    relation: Relation
    selection: Selection
    window: Window
    is_shared: bool = False


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
    members: Sequence[Member]

    @property
    def kind(self) -> Any:
        return self.resource.title, tuple(map(_kind, self.members))

    def attributes(self) -> Iterator[str]:
        """What has to be read of the row itself."""
        for member in self.members:
            if isinstance(member, Value):
                yield member.column.attribute.key
            elif not isinstance(member, Constant):
                yield member.relation.local


@dataclass(frozen=True, slots=True)
class Found:
    """The row of a key, or null."""

    name: str
    selection: Selection
    key: Any


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows of an entity, as a bare list."""

    name: str
    selection: Selection
    window: Window


Root = Constant | Found | Listed


def kind(roots: Sequence[Root]) -> Any:
    return tuple(map(_kind, roots))


def _kind(member: Member | Root) -> Any:
    match member:
        case Value():
            return member.name, member.column.name, member.names is None
        case Constant():
            return member.name, member.text
        case One() | Found():
            return type(member).__name__, member.name, member.selection.kind
    return type(member).__name__, member.name, member.selection.kind, member.window.kind


def sorted_by(window: Window, sort: tuple[SortTerm, ...]) -> Window:
    return replace(window, sort=sort)
