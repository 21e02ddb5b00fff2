"""Pages by keyset: every row once, in the order of a full sort, at a cost that depth does not change."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from .blog.settings import Settings
from .harness import Api, database, serving

COLUMNS = ("limit", "class", "ratio", "amount", "moment", "flag", "id")
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "limit": st.none() | st.integers(-1, 1),
    "class": st.none() | st.sampled_from(["", "a", "b", "B", "é", "ab"]),
    "ratio": st.none() | st.sampled_from([-1.5, 0.0, 1e-300, 2.0]),
    "amount": st.none() | st.sampled_from(["-1", "0", "0.5"]),
    "moment": st.none() | st.sampled_from(["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000001Z"]),
    "flag": st.none() | st.booleans(),
}


@pytest.fixture
def running(server: Settings, migrated: Settings) -> Iterator[tuple[asyncio.Runner, Api]]:
    """For a test that Hypothesis calls many times, which cannot be a coroutine."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        blog = runner.run(stack.enter_async_context(database(server, migrated)))
        yield runner, runner.run(stack.enter_async_context(serving(blog)))
        runner.run(stack.aclose())


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(st.fixed_dictionaries(VALUES), max_size=14),
    sort=st.lists(
        st.tuples(st.sampled_from(COLUMNS), st.booleans()), max_size=3, unique_by=lambda t: t[0]
    ),
    limit=st.integers(1, 5),
)
def test_a_walk_gives_each_row_once_in_order(
    running: tuple[asyncio.Runner, Api],
    rows: list[dict[str, Any]],
    sort: list[tuple[str, bool]],
    limit: int,
) -> None:
    runner, api = running

    async def walk() -> list[dict[str, Any]]:
        await api.execute("TRUNCATE specimens")
        for row in rows:
            await api.post("/specimens", **row, tree={})
        spelt = ",".join(f"{'-' if descending else ''}{name}" for name, descending in sort)
        parameters = {"sort": spelt} if spelt else {}
        return [row async for row in api.walk("/specimens", limit=limit, **parameters)]

    walked = runner.run(walk())
    assert [row["id"] for row in walked] == [row["id"] for row in ordered(walked, sort)]
    assert len(walked) == len({row["id"] for row in walked}) == len(rows)


def ordered(rows: list[dict[str, Any]], sort: list[tuple[str, bool]]) -> list[dict[str, Any]]:
    """Sorted by Python, one term after the other from the last, nulls last."""
    key_descending = sort[-1][1] if sort else False
    for name, descending in [("id", key_descending), *reversed(sort)]:
        present = [row for row in rows if row[name] is not None]
        absent = [row for row in rows if row[name] is None]
        rows = [
            *sorted(present, key=lambda row: comparable(row[name]), reverse=descending),
            *absent,
        ]
    return rows


def comparable(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return float(value)
    except ValueError:
        return value.encode()


SORTS = ["id", "-id", "published_on", "-published_on", "created_at", "-created_at"]


@pytest.mark.parametrize("sort", SORTS)
async def test_the_thousandth_page_costs_what_the_first_does(api: Api, sort: str) -> None:
    """A third of the dates is null, so that the walk passes from values to nulls."""
    user = await api.user()
    await api.execute(
        "INSERT INTO posts (id, title, slug, body, status, price, user_id, published_on, created_at)"
        " SELECT gen_random_uuid(), 't', 's' || n, 'b', 'draft', 0, :user,"
        " CASE WHEN n % 3 = 0 THEN NULL ELSE date '2020-01-01' + n % 700 END,"
        " timestamptz '2020-01-01' + n * interval '1 minute'"
        " FROM generate_series(1, 20000) n",
        user=user["id"],
    )
    async with api.database.engine.connect() as connection:
        autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await autocommit.execute(text("VACUUM ANALYZE posts"))

    first, cursor = await blocks_read(api, sort, None)
    for _ in range(95):
        page = await api.get("/posts", sort=sort, limit=200, fields="id", cursor=cursor)
        cursor = page["next_cursor"]
    last, _ = await blocks_read(api, sort, cursor)
    assert last <= first + 12


async def blocks_read(api: Api, sort: str, cursor: str | None) -> tuple[int, str | None]:
    """How many blocks PostgreSQL touches for a page, and its cursor."""
    parameters = {"sort": sort, "limit": 19, "fields": "id"}
    with api.statements() as sent:
        page = await api.get("/posts", **parameters, **({"cursor": cursor} if cursor else {}))
    assert len(sent) <= 2
    blocks = 0
    async with api.database.engine.connect() as connection:
        for statement, values in sent:
            explained = await connection.exec_driver_sql(
                f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", values
            )
            plan = explained.scalar_one()[0]["Plan"]
            blocks += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return blocks, page["next_cursor"]
