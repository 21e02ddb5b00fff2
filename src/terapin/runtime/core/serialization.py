"""Rows as JSON: each by its read schema, what is embedded under its relation's name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from .loading import Embedded
from .pagination import Page
from .parameters import Shape
from .resource import Resource


def one(resource: Resource, row: Any, shape: Shape, embeds: Sequence[Embedded]) -> bytes:
    return orjson.dumps(_row(resource, row, shape.fields, embeds))


def page(resource: Resource, page: Page[Any], shape: Shape, embeds: Sequence[Embedded]) -> bytes:
    content = _page(resource, page, shape.fields, embeds)
    if page.total is not None:
        content["total"] = page.total
    return orjson.dumps(content)


def _page(
    resource: Resource,
    page: Page[Any],
    fields: frozenset[str] | None,
    embeds: Sequence[Embedded],
) -> dict[str, Any]:
    items = [_row(resource, row, fields, embeds) for row in page.items]
    return {"items": items, "next_cursor": page.next_cursor}


def _row(
    resource: Resource, row: Any, fields: frozenset[str] | None, embeds: Sequence[Embedded]
) -> dict[str, Any]:
    read = resource.read.model_validate(row)
    content = read.model_dump(mode="json", by_alias=True)
    if fields is not None:
        content = {name: value for name, value in content.items() if name in fields}
    for name, encode in resource.encoders.items():
        if content.get(name) is not None:
            content[name] = encode(content[name])
    for each in embeds:
        content[each.relation.name] = _embedded(row, each)
    return content


def _embedded(row: Any, embedded: Embedded) -> dict[str, Any] | None:
    relation = embedded.relation
    found = embedded.rows.get(getattr(row, relation.local), Page(()))
    if relation.many:
        return _page(relation.target, found, None, embedded.embeds)
    if not found.items:
        return None
    return _row(relation.target, found.items[0], None, embedded.embeds)
