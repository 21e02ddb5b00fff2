"""Keyset pages: the next page begins behind the last row of this one, however deep that is.

Rows are in a total order: the terms of the sort, nulls last, then the key in the direction of the last
term, so that one index on (column, key) serves both directions.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Generic, TypeVar

import orjson
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    func,
    inspect,
    literal,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from .database import Base
from .errors import BadRequest, Fault

DEFAULT_LIMIT = 50
MAX_LIMIT = 200

Row = TypeVar("Row")
Position = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class SortTerm:
    """`adapter` turns values of the column into JSON and back, for the cursor."""

    column: InstrumentedAttribute[Any]
    adapter: TypeAdapter[Any]
    nullable: bool = False
    descending: bool = False

    def spell(self, value: Any) -> Any:
        """As JSON. What a row holds may be an object (`furl`), of which only validation makes a string."""
        if value is None:
            return None
        return self.adapter.dump_python(self.adapter.validate_python(value), mode="json")

    def order(self) -> ColumnElement[Any]:
        """Nulls need a word only where they can occur and PostgreSQL would put them first."""
        ordered = self.column.desc() if self.descending else self.column.asc()
        return ordered.nulls_last() if self.nullable and self.descending else ordered

    def bound(self, value: Any) -> ColumnElement[Any]:
        """A parameter: SQLAlchemy itself has no order for True and False."""
        return literal(value, self.column.type)

    def beyond(self, value: Any) -> ColumnElement[bool]:
        """Rows that stand strictly behind a value that is not null."""
        bound = self.bound(value)
        ahead = self.column < bound if self.descending else self.column > bound
        return or_(ahead, self.column.is_(None)) if self.nullable else ahead

    def at_or_beyond(self, value: Any) -> ColumnElement[bool]:
        """These and the rows that have the value itself."""
        bound = self.bound(value)
        ahead = self.column <= bound if self.descending else self.column >= bound
        return or_(ahead, self.column.is_(None)) if self.nullable else ahead


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Which rows, in which order, from where. Without `sort` the order is that of the key."""

    where: tuple[ColumnElement[bool], ...] = ()
    sort: tuple[SortTerm, ...] = ()
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None
    total: bool = False

    def within(self, *criteria: ColumnElement[bool]) -> PageQuery:
        return replace(self, where=(*self.where, *criteria))


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    items: Sequence[Row]
    next_cursor: str | None = None
    total: int | None = None


async def paginate(session: AsyncSession, query: Select[Row], page: PageQuery) -> Page[Row]:
    """Reads the page in one statement, or in two where the sort begins with a nullable column."""
    model: type[Base] = query.column_descriptions[0]["entity"]
    terms = total_order(model, page.sort)
    position = decode_cursor(page.cursor, model, terms) if page.cursor is not None else None
    query = query.where(*page.where)
    items: list[Row] = []
    for segment in _segments(query, terms, position):
        wanted = page.limit + 1 - len(items)
        items.extend((await session.scalars(segment.limit(wanted))).all())
        if len(items) > page.limit:
            break
    total = await _count(session, query) if page.total else None
    if len(items) <= page.limit:
        return Page(items, total=total)
    items = items[: page.limit]
    return Page(items, encode_cursor(items[-1], model, terms), total)


async def _count(session: AsyncSession, query: Select[Any]) -> int:
    return (await session.execute(select(func.count()).select_from(query.subquery()))).scalar_one()


@cache
def key_term(model: type[Base]) -> SortTerm:
    mapper = inspect(model)
    column = mapper.primary_key[0]
    attribute = mapper.get_property_by_column(column).key
    return SortTerm(getattr(model, attribute), TypeAdapter(column.type.python_type))


def total_order(model: type[Base], sort: Sequence[SortTerm]) -> tuple[SortTerm, ...]:
    """The sort, with the key behind it where it is not a term already."""
    key = key_term(model)
    if not sort:
        return (key,)
    for position, term in enumerate(sort):
        if term.column.key == key.column.key:
            return tuple(sort[: position + 1])
    return (*sort, replace(key, descending=sort[-1].descending))


def _segments(
    query: Select[Row], terms: tuple[SortTerm, ...], position: Position | None
) -> Iterator[Select[Row]]:
    """What is to be read, in this order, until the page is full.

    Where the first column is nullable, its values and its nulls are read apart: each part is one range
    of an index, which `... OR column IS NULL` is not.
    """
    first, *rest = terms
    if not first.nullable:
        yield _behind(query, terms, position)
        return
    if position is None or position[0] is not None:
        present = (replace(first, nullable=False), *rest)
        yield _behind(query.where(first.column.is_not(None)), present, position)
        position = None
    absent = query.where(first.column.is_(None))
    tail = tuple(rest)
    criterion = _after(tail, position[1:]) if position is not None else true()
    yield absent.where(criterion).order_by(
        replace(first, nullable=False).order(), *(term.order() for term in tail)
    )


def _behind(
    query: Select[Row], terms: tuple[SortTerm, ...], position: Position | None
) -> Select[Row]:
    if position is not None:
        query = query.where(_after(terms, position))
    return query.order_by(*(term.order() for term in terms))


def _after(terms: Sequence[SortTerm], position: Position) -> ColumnElement[bool]:
    """Rows strictly behind a position: a comparison of rows where every term allows it."""
    same_direction = len({term.descending for term in terms}) == 1
    if same_direction and not any(term.nullable for term in terms):
        columns = tuple_(*(term.column for term in terms))
        values = tuple_(*(value for value in position), types=[term.column.type for term in terms])
        return columns < values if terms[0].descending else columns > values
    chain = _chain(terms, position)
    if position[0] is None:
        return chain
    # Says nothing new, but bounds the scan of an index on the first column.
    return and_(terms[0].at_or_beyond(position[0]), chain)


def _chain(terms: Sequence[SortTerm], position: Position) -> ColumnElement[bool]:
    """Behind in the first term, or equal in it and behind in the rest."""
    term, value = terms[0], position[0]
    equal = term.column.is_(None) if value is None else term.column == term.bound(value)
    alternatives = [] if value is None else [term.beyond(value)]
    if len(terms) > 1:
        alternatives.append(and_(equal, _chain(terms[1:], position[1:])))
    return or_(*alternatives)


def encode_cursor(row: Any, model: type[Base], terms: Sequence[SortTerm]) -> str:
    values = [term.spell(getattr(row, term.column.key)) for term in terms]
    content = orjson.dumps([_seal(model, terms, values), *values])
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decode_cursor(cursor: str, model: type[Base], terms: Sequence[SortTerm]) -> Position:
    try:
        content = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        seal, *values = content
        if seal != _seal(model, terms, values):
            raise ValueError
        return tuple(
            None if value is None else term.adapter.validate_python(value)
            for term, value in zip(terms, values, strict=True)
        )
    except (ValueError, TypeError, binascii.Error, ValidationError):
        fault = Fault(parameter="cursor", detail="is not a cursor of this list in this order")
        raise BadRequest("the cursor does not fit", faults=[fault]) from None


def _seal(model: type[Base], terms: Sequence[SortTerm], values: list[Any]) -> str:
    """Binds a cursor to its list and order, and notices damage. No secret: a position is none."""
    order = [f"{'-' if term.descending else ''}{term.column.key}" for term in terms]
    content = orjson.dumps([model.__name__, order, values])
    return hashlib.blake2s(content, digest_size=6).hexdigest()
