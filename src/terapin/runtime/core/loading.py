"""Relationships for many rows at once: one statement a relationship, each row's share bounded.

Nothing is put into the ORM's collections, which would be incomplete and would hide it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ARRAY, Select, bindparam, func, inspect, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, lazyload
from sqlalchemy.orm.interfaces import LoaderOption

from .database import Base
from .pagination import Page, SortTerm, encode_cursor, total_order
from .parameters import Shape
from .resource import Relation, Resource

MAX_EMBEDDED = 100
# Of one relation in one answer: beyond it each source gets a smaller share.
MAX_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Embedded:
    """The rows of a relation by the value that links them to their source, and what they embed."""

    relation: Relation
    rows: Mapping[Any, Page[Any]]
    embeds: Sequence[Embedded] = ()


def columns_only(entity: Any) -> list[LoaderOption]:
    """Options that keep a statement from what the mapper would load with each row."""
    return [
        lazyload(getattr(entity, relationship.key))
        for relationship in inspect(entity).mapper.relationships
        if relationship.lazy in ("joined", "selectin", "subquery", "immediate")
    ]


async def load(
    session: AsyncSession, resource: Resource, rows: Sequence[Any], embeds: Mapping[str, Shape]
) -> list[Embedded]:
    loaded = []
    for name, shape in embeds.items():
        relation = resource.relation[name]
        pages = await _pages(session, relation, rows)
        found = {id(row): row for page in pages.values() for row in page.items}
        nested = await load(session, relation.target, list(found.values()), shape.embeds)
        loaded.append(Embedded(relation, pages, nested))
    return loaded


async def _pages(
    session: AsyncSession, relation: Relation, rows: Sequence[Any]
) -> Mapping[Any, Page[Any]]:
    values = {value for row in rows if (value := getattr(row, relation.local)) is not None}
    if not values:
        return {}
    service = relation.target.service(session)
    query = service.query().options(*columns_only(relation.target.model))
    if relation.many:
        return await _to_many(session, relation, query, list(values))
    found = (await session.scalars(query.where(relation.remote.in_(values)))).all()
    return {getattr(row, relation.remote.key): Page([row]) for row in found}


async def _to_many(
    session: AsyncSession, relation: Relation, query: Select[Any], values: list[Any]
) -> dict[Any, Page[Any]]:
    """LATERAL reads each source's share through the index, however many rows the others have."""
    model = relation.target.model
    terms = total_order(model, relation.order)
    local = getattr(relation.source.model, relation.local)
    size = max(1, min(MAX_EMBEDDED, MAX_ROWS // len(values)))
    sources = func.unnest(bindparam(None, values, ARRAY(local.type))).column_valued("source")
    share = (
        query.where(relation.criterion(sources))
        .order_by(*(term.order() for term in terms))
        .limit(size + 1)
        .lateral("share")
    )
    target = aliased(model, share)
    order = (replace(term, column=getattr(target, term.column.key)).order() for term in terms)
    statement = (
        select(sources, target).join(share, true()).options(*columns_only(target)).order_by(*order)
    )
    rows: dict[Any, list[Any]] = {}
    for value, row in await session.execute(statement):
        rows.setdefault(value, []).append(row)
    return {value: _page(model, terms, found, size) for value, found in rows.items()}


def _page(model: type[Base], terms: tuple[SortTerm, ...], rows: list[Any], size: int) -> Page[Any]:
    """The cursor continues at the relation's own path, which has the same order."""
    if len(rows) <= size:
        return Page(rows)
    rows = rows[:size]
    return Page(rows, encode_cursor(rows[-1], model, terms))
