"""Pages of Relay: they continue behind a cursor, however deep that is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import strawberry
from strawberry import Info

from ..pagination import Page, PageQuery, encode_cursor, total_order
from ..resource import Resource
from .context import Context
from .rows import Row, instance

Node = TypeVar("Node")


@dataclass(frozen=True, slots=True)
class Slice:
    """What a connection shows: a page of a resource, as objects of a type."""

    resource: Resource
    type: type[Row]
    query: PageQuery
    page: Page[Any]

    def cursor(self, row: Any) -> str:
        model = self.resource.model
        return encode_cursor(row, model, total_order(model, self.query.sort))


@strawberry.type
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type
class Edge(Generic[Node]):
    """A row, and the cursor behind it."""

    node: Node
    cursor: str


@strawberry.type
class Connection(Generic[Node]):
    """A page of rows."""

    slice: strawberry.Private[Slice]

    @strawberry.field
    def nodes(self) -> list[Node]:
        return [self._node(row) for row in self.slice.page.items]

    @strawberry.field
    def edges(self) -> list[Edge[Node]]:
        return [
            Edge(node=self._node(row), cursor=self.slice.cursor(row))
            for row in self.slice.page.items
        ]

    @strawberry.field
    def page_info(self) -> PageInfo:
        page, rows = self.slice.page, self.slice.page.items
        return PageInfo(
            has_next_page=page.next_cursor is not None,
            has_previous_page=self.slice.query.cursor is not None,
            start_cursor=self.slice.cursor(rows[0]) if rows else None,
            end_cursor=self.slice.cursor(rows[-1]) if rows else None,
        )

    @strawberry.field
    async def total_count(self, info: Info[Context]) -> int:
        """Of all rows, which are counted when it is asked for."""
        query = replace(self.slice.query, cursor=None, limit=1, total=True)
        async with info.context.reading() as session:
            page = await self.slice.resource.service(session).list(query)
        return page.total or 0

    def _node(self, row: Any) -> Any:
        return instance(self.slice.type, row)
