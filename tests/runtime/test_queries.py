"""Queries over several sources at once: here two databases on one server."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from enum import Enum
from typing import Any, assert_type
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from terapin.runtime.core.database import Database
from terapin.runtime.core.settings import PostgresqlSettings
from terapin.runtime.core.sources.declared import Declared
from terapin.runtime.core.sources.manager import Sources
from terapin.runtime.core.sources.queries import Query, query

from .blog.settings import Settings
from .faults import until

database = Declared("database", Database)
archive = Declared("archive", Database)


class TwoSettings(Settings):
    archive: PostgresqlSettings = PostgresqlSettings()


@asynccontextmanager
async def opened(settings: Settings, **changes: Any) -> AsyncIterator[Sources]:
    """`changes` are of the archive."""
    two = TwoSettings(
        database=settings.database, archive=settings.database.model_copy(update=changes)
    )
    async with Sources((database, archive), two, application="test") as sources:
        yield sources


async def number(connection: AsyncConnection, value: int, seconds: float = 0) -> int:
    result = await connection.execute(
        text("SELECT CAST(:value AS int), pg_sleep(:seconds)"), {"value": value, "seconds": seconds}
    )
    return int(result.scalar_one())


async def name_of(connection: AsyncConnection) -> str:
    return str((await connection.execute(text("SELECT current_user"))).scalar_one())


async def broken(connection: AsyncConnection) -> int:
    return int((await connection.execute(text("SELECT 1 / 0"))).scalar_one())


async def test_each_result_has_its_type_and_its_place(settings: Settings) -> None:
    one, two, name = query(database, number, 1), query(archive, number, 2), query(archive, name_of)
    async with opened(settings) as sources:
        results = await sources.run(one, two, name, within=5)
    assert_type(results[one], int)
    assert_type(results[name], str)
    assert (results[one], results[two], results[name]) == (1, 2, "postgres")
    assert not results.failures
    assert list(results) == [one, two, name]


async def test_a_failure_takes_nothing_else_along(settings: Settings) -> None:
    good, bad = query(database, number, 1), query(archive, broken)
    async with opened(settings) as sources:
        results = await sources.run(good, bad, within=5)
        assert results[good] == 1
        assert isinstance(results.failures[bad], DBAPIError)
        with pytest.raises(DBAPIError):
            results[bad]
        assert sources[archive].breaker.openings == 0


async def test_a_source_that_is_away_takes_nothing_else_along(settings: Settings) -> None:
    nowhere = PostgresqlSettings.model_validate({"url": "postgresql://u:p@127.0.0.1:1/nothing"})
    good, bad = query(database, number, 1), query(archive, number, 2)
    async with opened(settings, url=nowhere.url) as sources:
        results = await sources.run(good, bad, within=5)
    assert results[good] == 1
    assert set(results.failures) == {bad}


async def test_they_run_at_the_same_time_each_on_its_own_connection(settings: Settings) -> None:
    queries = [query(source, number, n, 0.5) for n in range(3) for source in (database, archive)]
    async with opened(settings) as sources:
        start = time.monotonic()
        results = await sources.run(*queries, within=5)
        assert time.monotonic() - start < 2.5
        assert [results[each] for each in queries] == [0, 0, 1, 1, 2, 2]


async def test_there_are_never_more_than_the_pool_has(settings: Settings) -> None:
    """Who waits for a turn does not lose it for waiting long."""
    queries = [query(archive, number, n, 0.1) for n in range(12)]
    async with opened(settings, pool_max=3, acquire_timeout=0.05) as sources:
        most = 0

        async def watch() -> None:
            nonlocal most
            while True:
                most = max(most, sources[archive].pool().used)
                await asyncio.sleep(0.01)

        watching = asyncio.create_task(watch())
        results = await sources.run(*queries, within=10)
        watching.cancel()
        assert [results[each] for each in queries] == list(range(12))
        assert most == 3


async def test_one_deadline_holds_for_all(settings: Settings) -> None:
    fast, slow = query(database, number, 1), query(archive, number, 2, 30)
    async with opened(settings, statement_timeout=20) as sources:
        start = time.monotonic()
        results = await sources.run(fast, slow, within=0.5)
        assert time.monotonic() - start < 2
        assert results[fast] == 1
        assert set(results.failures) == {slow}
        assert sources[archive].breaker.openings == 0

        async def server_has_ended_it() -> bool:
            count = query(database, sleeping)
            return (await sources.run(count, within=5))[count] == 0

        assert await until(server_has_ended_it) < 5


async def sleeping(connection: AsyncConnection) -> int:
    statement = (
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND state <> 'idle'"
        " AND pid <> pg_backend_pid()"
    )
    return int((await connection.execute(text(statement))).scalar_one())


async def limit(connection: AsyncConnection) -> int:
    """Of a statement, in milliseconds."""
    statement = "SELECT CAST(setting AS int) FROM pg_settings WHERE name = 'statement_timeout'"
    return int((await connection.execute(text(statement))).scalar_one())


async def test_what_is_left_goes_down_to_the_server(settings: Settings) -> None:
    shown = query(archive, limit)
    async with opened(settings, statement_timeout=3) as sources:
        assert 0 < (await sources.run(shown, within=1))[shown] <= 1000
        assert (await sources.run(shown, within=60))[shown] == 3000


async def test_queries_only_read(settings: Settings) -> None:
    async def write(connection: AsyncConnection) -> None:
        await connection.execute(text("CREATE TABLE written (n int)"))

    writing = query(database, write)
    async with opened(settings) as sources:
        failure = (await sources.run(writing, within=5)).failures[writing]
        assert "read-only" in str(failure)


async def test_a_lost_connection_is_replaced(settings: Settings) -> None:
    calls = 0

    async def suicidal(connection: AsyncConnection) -> int:
        nonlocal calls
        calls += 1
        if calls == 1:
            await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return calls

    asked = query(database, suicidal)
    async with opened(settings) as sources:
        assert (await sources.run(asked, within=5))[asked] == 2


class Colour(Enum):
    RED = 1


def keys() -> list[str]:
    return [
        query(database, number, 1).key,
        query(archive, number, 1).key,
        query(database, number, 2).key,
        query(database, name_of).key,
        *(
            Query(database, number, (argument,), "n").key
            for argument in (
                True,
                1.0,
                "1",
                b"1",
                None,
                Colour.RED,
                UUID(int=1),
                {"a", "b", "c"},
                {"a": 1, "b": [2]},
                ("a", "b"),
                ["a", "b"],
            )
        ),
    ]


def test_what_differs_has_keys_that_differ() -> None:
    assert len(set(keys())) == len(keys())
    assert query(database, number, 1, name="other").key == query(database, number, 1).key


@pytest.mark.parametrize("seed", ["1", "2"])
def test_keys_are_the_same_whatever_the_seed_of_hashes(seed: str) -> None:
    script = "from tests.runtime.test_queries import keys; print(*keys())"
    other = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert other.stdout.split() == keys()


def test_what_has_no_key_says_so() -> None:
    with pytest.raises(TypeError, match="object has no canonical form"):
        _ = Query(database, number, (object(),), "n").key


class Memory:
    """The simplest cache there is."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.tags: set[str] = set()

    async def get_or_load(
        self, key: str, load: Callable[[], Awaitable[str]], *, tags: Collection[str]
    ) -> str:
        if key not in self.kept:
            self.kept[key] = await load()
            self.tags |= set(tags)
        return self.kept[key]


async def known(connection: AsyncConnection) -> dict[UUID, tuple[int, bytes]]:
    await connection.execute(text("SELECT 1"))
    return {UUID(int=1): (1, b"x")}


async def test_the_whole_can_be_kept(settings: Settings) -> None:
    cache = Memory()
    async with opened(settings) as sources:
        for _ in range(2):
            one, two = query(database, known), query(archive, number, 7)
            results = await sources.run(one, two, within=5, cache=cache, tags=["users"])
            assert results[one] == {UUID(int=1): (1, b"x")}
            assert results[two] == 7
    assert len(cache.kept) == 1
    assert cache.tags == {"users"}


async def test_what_is_not_whole_is_not_kept(settings: Settings) -> None:
    cache = Memory()
    good, bad = query(database, number, 1), query(archive, broken)
    async with opened(settings) as sources:
        results = await sources.run(good, bad, within=5, cache=cache)
    assert results[good] == 1
    assert set(results.failures) == {bad}
    assert not cache.kept


async def test_what_does_not_say_what_it_returns_cannot_be_kept(settings: Settings) -> None:
    async def vague(connection: AsyncConnection):  # type: ignore[no-untyped-def]
        return connection

    async with opened(settings) as sources:
        with pytest.raises(TypeError, match="annotate it"):
            await sources.run(query(database, vague), within=5, cache=Memory())
