"""Rows as JSON: each by its read schema, what is embedded under its relation's name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from .errors import Fault, Invalid
from .guard import hidden
from .loading import Embedded
from .pagination import Page
from .parameters import Shape
from .resource import Resource

# Rows in one answer, each time they stand in it: rows that share others (tags of posts of tags) repeat
# them along every path, and nothing else is done in the process meanwhile.
MAX_ROWS = 25_000


def one(resource: Resource, row: Any, shape: Shape, embeds: Sequence[Embedded]) -> bytes:
    return orjson.dumps(_Answer().row(resource, row, shape.fields, embeds))


def page(resource: Resource, page: Page[Any], shape: Shape, embeds: Sequence[Embedded]) -> bytes:
    content = _Answer().page(resource, page, shape.fields, embeds)
    if page.total is not None:
        content["total"] = page.total
    return orjson.dumps(content)


class _Answer:
    """Counts its rows."""

    def __init__(self) -> None:
        self._rows = 0

    def page(
        self,
        resource: Resource,
        page: Page[Any],
        fields: frozenset[str] | None,
        embeds: Sequence[Embedded],
    ) -> dict[str, Any]:
        items = [self.row(resource, row, fields, embeds) for row in page.items]
        return {"items": items, "next_cursor": page.next_cursor}

    def row(
        self,
        resource: Resource,
        row: Any,
        fields: frozenset[str] | None,
        embeds: Sequence[Embedded],
    ) -> dict[str, Any]:
        self._rows += 1
        if self._rows > MAX_ROWS:
            detail = f"more than {MAX_ROWS:,} rows: take fewer relations, or a smaller limit"
            raise Invalid(Fault(parameter="include", detail=detail))
        read = resource.read.model_validate(row)
        content = read.model_dump(mode="json", by_alias=True)
        for attribute in hidden(resource, row):
            content[resource.by_attribute[attribute].name] = None
        if fields is not None:
            content = {name: value for name, value in content.items() if name in fields}
        for name, encode in resource.encoders.items():
            if content.get(name) is not None:
                content[name] = encode(content[name])
        for each in embeds:
            content[each.relation.name] = self._embedded(row, each)
        return content

    def _embedded(self, row: Any, embedded: Embedded) -> dict[str, Any] | None:
        relation = embedded.relation
        found = embedded.rows.get(getattr(row, relation.local), Page(()))
        if relation.many:
            return self.page(relation.target, found, None, embedded.embeds)
        if not found.items:
            return None
        return self.row(relation.target, found.items[0], None, embedded.embeds)
