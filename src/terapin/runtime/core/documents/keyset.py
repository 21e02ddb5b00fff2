"""Keyset pages of documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from ..pagination import Page, PageQuery, Position, SortTerm, decode_cursor, total_order
from .document import Document
from .expressions import ALL, Filter, every, some
from .rows import Rows

Row = TypeVar("Row", bound=Document)
Terms = tuple[SortTerm, ...]
Stage = dict[str, Any]


async def paginate(rows: Rows[Row], query: Filter, page: PageQuery) -> Page[Row]:
    """Reads the page by one query, or by two where the sort begins with a nullable field and nothing is skipped."""
    terms = total_order(rows.model, page.sort)
    position = decode_cursor(page.cursor, rows.model, terms) if page.cursor is not None else None
    where = every((query, *page.where))
    items: list[Row] = []
    skipped = page.offset if position is None else 0
    for segment, order in _segments(where, terms, position, skipped):
        wanted = page.limit + 1 - len(items)
        stages = [{"$match": segment.document}, *ordered(order, wanted, skipped)]
        items += await rows.aggregate(stages)
        if len(items) > page.limit:
            break
    total = await rows.count(where) if page.total else None
    return Page.of(rows.model, terms, items, page.limit, total=total)


def ordered(terms: Sequence[SortTerm], limit: int, offset: int = 0) -> list[Stage]:
    """The first ones behind the offset in this order.

    MongoDB puts nulls first: where they come last, whether it is null goes before.
    """
    ranks: dict[str, Any] = {}
    sort: dict[str, int] = {}
    for term in terms:
        column = term.column.column
        if term.nullable and not term.descending:
            # A name that no field has.
            rank = f"?{column}"
            ranks[rank] = {"$cond": [{"$gt": [f"${column}", None]}, 0, 1]}
            sort[rank] = 1
        sort[column] = -1 if term.descending else 1
    skipped: list[Stage] = [{"$skip": offset}] if offset else []
    stages: list[Stage] = [{"$sort": sort}, *skipped, {"$limit": limit}]
    return [{"$set": ranks}, *stages, {"$unset": [*ranks]}] if ranks else stages


def _segments(
    where: Filter, terms: Terms, position: Position | None, skipped: int
) -> Iterator[tuple[Filter, Terms]]:
    """What is to be read, in which order, until the page is full.

    Where the first field is nullable, its values and its nulls are read apart: each part is one range of an index.
    """
    first, *rest = terms
    if skipped or not first.nullable:
        yield where & _after(terms, position), terms
        return
    if position is None or position[0] is not None:
        present = (replace(first, nullable=False), *rest)
        yield where & first.column.is_not(None) & _after(present, position), present
        position = None
    tail = tuple(rest)
    behind = _after(tail, position and position[1:])
    yield where & first.column.is_(None) & behind, tail


def _after(terms: Terms, position: Position | None) -> Filter:
    """Documents strictly behind a position."""
    if position is None:
        return ALL
    chain = _chain(terms, position)
    first, value = terms[0], position[0]
    if value is None or first.nullable:
        return chain
    # Says nothing new, but bounds the scan of an index on the first field.
    bound: Filter = first.column <= value if first.descending else first.column >= value
    return bound & chain


def _chain(terms: Terms, position: Position) -> Filter:
    """Behind in the first term, or equal in it and behind in the rest."""
    term, value = terms[0], position[0]
    alternatives: list[Filter] = []
    if value is not None:
        alternatives.append(term.column < value if term.descending else term.column > value)
        if term.nullable:
            alternatives.append(term.column.is_(None))
    if len(terms) > 1:
        alternatives.append((term.column == value) & _chain(terms[1:], position[1:]))
    return some(alternatives)
