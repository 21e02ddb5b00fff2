"""Keyset pages: the next page begins behind the last row of this one, however deep that is.

Rows are in a total order: the terms of the sort, nulls last, then the key in the direction of the last
term, so that one index on (column, key) serves both directions.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
from pydantic import TypeAdapter, ValidationError

from .entities import entity_of
from .errors import BadRequest, Fault
from .spelling import float_text

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
# As many digits of a digest stand in front of the position that a cursor names.
SEAL = 12

Row = TypeVar("Row")
Position = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class SortTerm:
    """`column` is an attribute of a model's class; `adapter` turns its values into JSON and back, for the cursor."""

    column: Any
    adapter: TypeAdapter[Any]
    nullable: bool = False
    descending: bool = False

    def spell(self, value: Any) -> str:
        """As JSON. What a row holds may be an object (`furl`), of which only validation makes a string."""
        if value is None:
            return "null"
        spelt = self.adapter.dump_python(self.adapter.validate_python(value), mode="json")
        return float_text(spelt) if isinstance(spelt, float) else orjson.dumps(spelt).decode()


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Which rows, in which order, from where. Without `sort` the order is that of the key.

    `where` are conditions of the model: `Post.status == PostStatus.DRAFT`. `offset` skips rows, which costs what
    reading them does; with a `cursor` it says nothing.
    """

    where: tuple[Any, ...] = ()
    sort: tuple[SortTerm, ...] = ()
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None
    total: bool = False
    offset: int = 0

    def within(self, *criteria: Any) -> PageQuery:
        return replace(self, where=(*self.where, *criteria))


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    items: Sequence[Row]
    next_cursor: str | None = None
    total: int | None = None

    @classmethod
    def of(
        cls,
        model: type[Any],
        terms: Sequence[SortTerm],
        rows: Sequence[Row],
        limit: int,
        *,
        total: int | None = None,
    ) -> Page[Row]:
        """Of rows in this order, of which there is one too many if more come behind them."""
        if len(rows) <= limit:
            return cls(rows, total=total)
        return cls(rows[:limit], encode_cursor(rows[limit - 1], model, terms), total)


_KEYS: dict[str, TypeAdapter[Any]] = {
    "UUID": TypeAdapter(UUID),
    "Integer": TypeAdapter(int),
    "BigInteger": TypeAdapter(int),
}


def key_term(model: type[Any]) -> SortTerm:
    key = entity_of(model).key
    return SortTerm(getattr(model, key.attribute), _KEYS.get(key.kind, TypeAdapter(str)))


def total_order(model: type[Any], sort: Sequence[SortTerm]) -> tuple[SortTerm, ...]:
    """The sort, with the key behind it where it is not a term already."""
    key = key_term(model)
    if not sort:
        return (key,)
    for position, term in enumerate(sort):
        if term.column.key == key.column.key:
            return tuple(sort[: position + 1])
    return (*sort, replace(key, descending=sort[-1].descending))


def encode_cursor(row: Any, model: type[Any], terms: Sequence[SortTerm]) -> str:
    position = ",".join(term.spell(getattr(row, term.column.key)) for term in terms)
    return seal_position(sealed(model, terms), f"[{position}]")


def seal_position(belongs_to: str, position: str) -> str:
    """The cursor of a position, as JSON, in what `sealed` names."""
    content = f"{_seal(belongs_to, position)}{position}"
    return base64.urlsafe_b64encode(content.encode()).rstrip(b"=").decode()


def decode_cursor(cursor: str, model: type[Any], terms: Sequence[SortTerm]) -> Position:
    try:
        content = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        seal, position = content[:SEAL], content[SEAL:]
        if seal != _seal(sealed(model, terms), position):
            raise ValueError
        return tuple(
            None if value is None else term.adapter.validate_python(value)
            for term, value in zip(terms, orjson.loads(position), strict=True)
        )
    except (ValueError, TypeError, ValidationError):
        fault = Fault(parameter="cursor", detail="is not a cursor of this list in this order")
        raise BadRequest("the cursor does not fit", faults=[fault]) from None


def sealed(model: type[Any], terms: Sequence[SortTerm]) -> str:
    """The list and the order that cursors belong to."""
    order = [f"{'-' if term.descending else ''}{term.column.key}" for term in terms]
    return orjson.dumps([model.__name__, order]).decode()


def _seal(belongs_to: str, position: str) -> str:
    """Binds a cursor to its list and order, and notices damage. No secret: a position is none."""
    return hashlib.sha256(f"{belongs_to}{position}".encode()).hexdigest()[:SEAL]
