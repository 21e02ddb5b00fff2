"""What every resource promises to those who read, on a database with rows in every table."""

from __future__ import annotations

from itertools import cycle

from .api import Api, Json, each_relation, each_resource, key, path, problem
from .service import Relation, Resource

EVERYTHING = 200


@each_resource
async def test_pages_hold_every_row_once_in_any_order(filled_api: Api, resource: Resource) -> None:
    everything = await filled_api.get(path(resource), limit=EVERYTHING, total=True)
    keys = {key(resource, row) for row in everything["items"]}
    assert everything["total"] == len(keys) == len(everything["items"])
    scalars = [name for name, column in resource.columns.items() if column.wire.scalar]
    for name, sign in zip(scalars, cycle(("", "-")), strict=False):
        sort = f"{sign}{name}"
        whole = await filled_api.get(path(resource), limit=EVERYTHING, sort=sort)
        pages = filled_api.walk(path(resource), limit=17, sort=sort)
        assert [row async for row in pages] == whole["items"], sort
        assert {key(resource, row) for row in whole["items"]} == keys


@each_resource
async def test_a_row_is_found_by_its_fields(filled_api: Api, resource: Resource) -> None:
    row = (await filled_api.get(path(resource)))["items"][0]
    by_all = {
        f"{name}__eq": row[name]
        for name, column in resource.columns.items()
        if column.wire.scalar and row[name] is not None
    }
    assert row in (await filled_api.get(path(resource), **by_all))["items"]


@each_relation()
async def test_including_takes_as_many_statements_for_one_row_as_for_all(
    filled_api: Api, relation: Relation
) -> None:
    source = relation.source
    only = {"include": relation.name, "fields": source.key.name}
    with filled_api.statements() as for_all:
        page = await filled_api.get(path(source), limit=100, **only)
    related = [row for row in page["items"] if row[relation.name] not in NOTHING]
    counts = set()
    for row in related:
        the_one = {f"{source.key.name}__eq": key(source, row)}
        with filled_api.statements() as for_one:
            await filled_api.get(path(source), **only, **the_one)
        counts.add(len(for_one))
    # What is embedded always may be missing of one row and not of another.
    assert not related or max(counts) == len(for_all)


NOTHING: tuple[Json | None, ...] = (None, {"items": [], "next_cursor": None})


@each_relation()
async def test_a_relation_is_embedded_as_it_is_at_its_own_path(
    filled_api: Api, relation: Relation
) -> None:
    source = relation.source
    page = await filled_api.get(path(source), limit=2, include=relation.name)
    for row in page["items"]:
        url = path(source, row, relation.name)
        if row[relation.name] is None:
            problem(await filled_api.client.get(url), 404)
        else:
            limit = {"limit": 100} if relation.many else {}
            assert await filled_api.get(url, **limit) == row[relation.name]
