"""Pages that skip rows: slices of the whole list, of a table and of each source's share."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from terapin.runtime.core.pagination import Page, PageQuery, SortTerm
from terapin.runtime.core.parameters import parameters_of
from terapin.runtime.core.resource import Resource

from .blog.endpoints.specimen import specimens
from .blog.endpoints.user import users
from .harness import Api


@pytest.mark.parametrize("sort", ["limit", "-limit", "flag,-limit", "-id", "ratio,amount"])
async def test_an_offset_skips_as_many_rows_of_the_list(api: Api, sort: str) -> None:
    for limit, flag in product((None, 1, 2), (None, True, False)):
        await api.post("/specimens", limit=limit, flag=flag, ratio=limit, tree={})
    whole = await _list(api, PageQuery(sort=_sort(specimens, sort)))
    for offset in range(11):
        page = await _list(api, PageQuery(sort=_sort(specimens, sort), limit=4, offset=offset))
        assert _ids(page) == _ids(whole)[offset : offset + 4]
        assert bool(page.next_cursor) is (offset + 4 < 9)


async def test_a_cursor_continues_behind_an_offset(api: Api) -> None:
    for number in range(6):
        await api.post("/specimens", limit=number % 2 or None, tree={})
    order = _sort(specimens, "limit")
    whole = await _list(api, PageQuery(sort=order))
    first = await _list(api, PageQuery(sort=order, limit=2, offset=1))
    second = await _list(api, PageQuery(sort=order, limit=9, cursor=first.next_cursor))
    assert _ids(first) + _ids(second) == _ids(whole)[1:]


async def test_each_source_has_its_page(api: Api) -> None:
    authors = [await api.user() for _ in range(2)]
    for author, number in product(authors, range(5)):
        await api.article(author, title=f"T{number}", price=str(number))
    relation = users.relation["posts"]
    parameters = parameters_of(relation.target)
    page = PageQuery(
        where=(parameters.filters["title__ne"].criterion("T3"),),
        sort=_sort(relation.target, "-price"),
        limit=2,
        offset=1,
    )
    async with api.database.session() as session:
        service = relation.target.service(session)
        values = [each.id for each in (await users.service(session).list(PageQuery())).items]
        found = await service.related(relation, values, page)
    assert {value: [row.title for row in share.items] for value, share in found.items()} == {
        value: ["T2", "T1"] for value in values
    }


async def _list(api: Api, page: PageQuery) -> Page[Any]:
    async with api.database.session() as session:
        return await specimens.service(session).list(page)


def _sort(resource: Resource, text: str) -> tuple[SortTerm, ...]:
    query, _ = parameters_of(resource).page([("sort", text)])
    return query.sort


def _ids(page: Page[Any]) -> list[Any]:
    return [row.id for row in page.items]
