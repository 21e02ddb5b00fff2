"""Keyset pages in SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from .database import Base
from .pagination import (
    Page,
    PageQuery,
    Position,
    Row,
    SortTerm,
    decode_cursor,
    total_order,
)


async def paginate(session: AsyncSession, query: Select[Row], page: PageQuery) -> Page[Row]:
    """Reads the page in one statement, or in two: where the sort begins with a nullable column and skips nothing."""
    model: type[Base] = query.column_descriptions[0]["entity"]
    terms = total_order(model, page.sort)
    position = decode_cursor(page.cursor, model, terms) if page.cursor is not None else None
    query = query.where(*page.where)
    items: list[Row] = []
    for segment in segments(query, terms, position, page.offset):
        wanted = page.limit + 1 - len(items)
        items.extend((await session.scalars(segment.limit(wanted))).all())
        if len(items) > page.limit:
            break
    total = await _count(session, query) if page.total else None
    return Page.of(model, terms, items, page.limit, total=total)


async def _count(session: AsyncSession, query: Select[Any]) -> int:
    return (await session.execute(select(func.count()).select_from(query.subquery()))).scalar_one()


def order(term: SortTerm) -> ColumnElement[Any]:
    """Nulls need a word only where they can occur and PostgreSQL would put them first."""
    ordered: ColumnElement[Any] = term.column.desc() if term.descending else term.column.asc()
    return ordered.nulls_last() if term.nullable and term.descending else ordered


def segments(
    query: Select[Row], terms: tuple[SortTerm, ...], position: Position | None, offset: int
) -> Iterator[Select[Row]]:
    """What is to be read, in this order, until the page is full.

    Where the first column is nullable, its values and its nulls are read apart: each part is one range
    of an index, which `... OR column IS NULL` is not.
    """
    first, *rest = terms
    skipped = offset if position is None else 0
    if skipped or not first.nullable:
        yield _behind(query, terms, position).offset(skipped or None)
        return
    if position is None or position[0] is not None:
        present = (replace(first, nullable=False), *rest)
        yield _behind(query.where(first.column.is_not(None)), present, position)
        position = None
    absent = query.where(first.column.is_(None))
    tail = tuple(rest)
    criterion = _after(tail, position[1:]) if position is not None else true()
    yield absent.where(criterion).order_by(
        order(replace(first, nullable=False)), *(order(term) for term in tail)
    )


def _behind(
    query: Select[Row], terms: tuple[SortTerm, ...], position: Position | None
) -> Select[Row]:
    if position is not None:
        query = query.where(_after(terms, position))
    return query.order_by(*(order(term) for term in terms))


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
    return and_(_at_or_beyond(terms[0], position[0]), chain)


def _chain(terms: Sequence[SortTerm], position: Position) -> ColumnElement[bool]:
    """Behind in the first term, or equal in it and behind in the rest."""
    term, value = terms[0], position[0]
    equal = term.column.is_(None) if value is None else term.column == _bound(term, value)
    alternatives = [] if value is None else [_beyond(term, value)]
    if len(terms) > 1:
        alternatives.append(and_(equal, _chain(terms[1:], position[1:])))
    return or_(*alternatives)


def _bound(term: SortTerm, value: Any) -> ColumnElement[Any]:
    """A parameter: SQLAlchemy itself has no order for True and False."""
    return value if isinstance(value, ColumnElement) else literal(value, term.column.type)


def _beyond(term: SortTerm, value: Any) -> ColumnElement[bool]:
    """Rows that stand strictly behind a value that is not null."""
    bound = _bound(term, value)
    ahead = term.column < bound if term.descending else term.column > bound
    return or_(ahead, term.column.is_(None)) if term.nullable else ahead


def _at_or_beyond(term: SortTerm, value: Any) -> ColumnElement[bool]:
    """These and the rows that have the value itself."""
    bound = _bound(term, value)
    ahead = term.column <= bound if term.descending else term.column >= bound
    return or_(ahead, term.column.is_(None)) if term.nullable else ahead
