"""Relationships for many rows at once: one query a relationship, each row's share bounded.

The rows themselves do not hold them: a collection of the ORM would be incomplete and would hide it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from .pagination import Page, PageQuery
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
    limit = max(1, min(MAX_EMBEDDED, MAX_ROWS // len(values)))
    return await relation.target.service(session).related(relation, values, PageQuery(limit=limit))
