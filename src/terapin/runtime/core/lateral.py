"""Rows of a relation in SQL, each source's share bounded."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, Select, bindparam, func, inspect, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, lazyload
from sqlalchemy.orm.interfaces import LoaderOption

from .keyset import order
from .pagination import Page, PageQuery, total_order

if TYPE_CHECKING:
    from .resource import Relation


def columns_only(entity: Any) -> list[LoaderOption]:
    """Options that keep a statement from what the mapper would load with each row."""
    return [
        lazyload(getattr(entity, relationship.key))
        for relationship in inspect(entity).mapper.relationships
        if relationship.lazy in ("joined", "selectin", "subquery", "immediate")
    ]


async def to_one(
    session: AsyncSession, query: Select[Any], relation: Relation, values: Collection[Any]
) -> dict[Any, Page[Any]]:
    found = (await session.scalars(query.where(relation.remote.in_(values)))).all()
    return {getattr(row, relation.remote.key): Page([row]) for row in found}


async def to_many(
    session: AsyncSession,
    query: Select[Any],
    relation: Relation,
    values: Collection[Any],
    page: PageQuery,
) -> dict[Any, Page[Any]]:
    """LATERAL reads each source's share through the index, however many rows the others have."""
    model = relation.target.model
    terms = total_order(model, page.sort or relation.order)
    linked = relation.remote if relation.secondary is None else relation.link_columns[0]
    given = bindparam(None, [*values], ARRAY(linked.type))
    sources = func.unnest(given).column_valued("source")
    share = (
        query.where(relation.criterion(sources))
        .order_by(*(order(term) for term in terms))
        .limit(page.limit + 1)
        .offset(page.offset or None)
        .lateral("share")
    )
    target = aliased(model, share)
    ordering = (order(replace(term, column=getattr(target, term.column.key))) for term in terms)
    statement = (
        select(sources, target)
        .join(share, true())
        .options(*columns_only(target))
        .order_by(*ordering)
    )
    rows: dict[Any, list[Any]] = {}
    for value, row in await session.execute(statement):
        rows.setdefault(value, []).append(row)
    return {value: Page.of(model, terms, found, page.limit) for value, found in rows.items()}
