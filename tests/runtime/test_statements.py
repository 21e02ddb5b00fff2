"""Statements past SQLAlchemy, on the connections that it has too."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolTimeout

from terapin.runtime.core import statements
from terapin.runtime.core.database import (
    Database,
    LostError,
    UnknownCommitError,
    UnreachableError,
)
from terapin.runtime.core.embedded import development_postgres
from terapin.runtime.core.resilience.breaker import BreakerOpen
from terapin.runtime.core.resilience.deadlines import DeadlineExceededError, within
from terapin.runtime.core.sources.declared import Declared
from terapin.runtime.core.sources.manager import Sources

from . import faults
from .blog.settings import Settings
from .harness import Api, serving, settings_for
from .test_reliability import fast_to_heal, half_opened, needs_proc, opened, with_database

SLEEP = "SELECT 'done' FROM pg_sleep($1)"


async def value(database: Database, statement: str, arguments: Sequence[Any] = ()) -> Any:
    rows = await database.rows(statement, arguments)
    return rows[0][0] if rows else None


async def written(database: Database, statement: str, arguments: Sequence[Any] = ()) -> Any:
    rows = await database.write(statement, arguments)
    return rows[0][0] if rows else None


async def outcome(database: Database, seconds: float) -> Any:
    """Of a statement that takes so long: what it answered, or how it failed."""
    try:
        return await value(database, SLEEP, [seconds])
    except Exception as error:
        return type(error)


async def at_once(database: Database, seconds: float, callers: int) -> Counter[Any]:
    return Counter(await asyncio.gather(*(outcome(database, seconds) for _ in range(callers))))


async def settled(api: Api) -> None:
    """Until neither the pool nor the server is at anything."""

    async def baseline() -> bool:
        return api.database.pool().used == 0 and await faults.busy(api) == 0

    assert await faults.until(baseline) < 5


async def prepared(database: Database) -> list[str]:
    """What begins with `SELECT 'mine` on the connection that was used last."""
    mine = "SELECT array_agg(statement) FROM pg_prepared_statements WHERE statement LIKE $1"
    return sorted(await value(database, mine, ["SELECT 'mine%"]))


async def test_the_first_column_of_the_first_row(api: Api) -> None:
    assert await value(api.database, "SELECT $1::int + 1, 5", [3]) == 4
    assert await value(api.database, "VALUES ('a'), ('b')") == "a"
    assert await value(api.database, "SELECT 1 WHERE false") is None
    assert await value(api.database, "SELECT NULL") is None
    assert api.database.pool().used == 0


async def test_it_is_prepared_once_a_connection(api: Api) -> None:
    for number in range(3):
        assert await value(api.database, "SELECT 'mine' || $1::text", [str(number)])
    assert await prepared(api.database) == ["SELECT 'mine' || $1::text"]


async def test_what_was_not_used_for_long_is_forgotten(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statements, "_KEPT", 3)
    for name in ("a", "b", "a", "c", "d"):
        await value(api.database, f"SELECT 'mine {name}'")
    assert await prepared(api.database) == [f"SELECT 'mine {name}'" for name in "acd"]


async def test_after_a_migration_it_is_prepared_again(api: Api) -> None:
    await api.execute("CREATE TABLE changing (n int)")
    await api.execute("INSERT INTO changing VALUES (7)")
    read, write = "SELECT * FROM changing", "INSERT INTO changing VALUES (8) RETURNING *"
    assert await value(api.database, read) == 7
    assert await written(api.database, write) == 8
    await api.execute("ALTER TABLE changing ALTER n TYPE text")
    assert await value(api.database, read) == "7"
    assert await written(api.database, write) == "8"
    assert await value(api.database, "SELECT count(*) FROM changing") == 3


async def test_a_crowd_waits_in_turn_and_the_losers_are_told(settings: Settings) -> None:
    changes = {"pool_min": 5, "pool_max": 5, "acquire_timeout": 0.25}
    async with serving(with_database(settings, **changes)) as api:
        start = time.monotonic()
        assert await at_once(api.database, 1, 200) == {"done": 5, PoolTimeout: 195}
        assert time.monotonic() - start < 3
        assert await at_once(api.database, 0.01, 40) == {"done": 40}
        assert api.database.pool().used == 0
        assert api.database.pool().idle == 5
        assert api.database.breaker.openings == 0


async def test_sessions_and_statements_share_the_connections(settings: Settings) -> None:
    """Neither finds what the other left."""
    async with serving(with_database(settings, pool_max=2, acquire_timeout=20)) as api:
        await api.execute("CREATE TABLE shared (n int)")
        state = "SELECT current_setting('transaction_isolation') || current_setting('transaction_read_only')"

        async def by_session(number: int) -> None:
            async with api.database.session() as session:
                await session.connection(execution_options={"isolation_level": "SERIALIZABLE"})
                assert await session.scalar(text("SELECT count(*) FROM shared")) is not None
                if number % 3 == 0:
                    await session.rollback()

        async def by_lending() -> None:
            async with api.database.lend() as connection:
                assert await connection.scalar(text(state)) == "read committedon"

        async def by_statement(number: int) -> None:
            assert await value(api.database, state) == "read committedoff"
            await written(api.database, "INSERT INTO shared VALUES ($1) RETURNING n", [number])
            with pytest.raises(asyncpg.DivisionByZeroError):
                await value(api.database, "SELECT 1 / $1::int", [0])

        async with asyncio.TaskGroup() as group:
            for number in range(60):
                group.create_task(by_session(number))
                group.create_task(by_lending())
                group.create_task(by_statement(number))
        assert await value(api.database, "SELECT count(*) FROM shared") == 60
        assert api.database.retry.budget.retries == 0
        await settled(api)


async def test_an_answer_that_is_an_error_says_nothing_against_the_server(api: Api) -> None:
    await api.execute("CREATE TABLE once (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    insert = "INSERT INTO once VALUES ($1), ($1) RETURNING n"
    for _ in range(api.database.settings.breaker_failures):
        with pytest.raises(asyncpg.UniqueViolationError):
            await written(api.database, insert, [1])
        with pytest.raises(asyncpg.DataError):
            await value(api.database, "SELECT $1::int", ["no number"])
    assert await value(api.database, "SELECT count(*) FROM once") == 0
    assert api.database.breaker.openings == 0
    assert api.database.pool().used == 0


async def test_what_cannot_be_sent_leaves_the_server_at_rest(settings: Settings) -> None:
    async with serving(with_database(settings, statement_timeout=0.3, pool_max=1)) as api:
        with pytest.raises(asyncpg.DataError):
            await value(api.database, "SELECT $1::int", ["no number"])
        await asyncio.sleep(0.5)
        assert await value(api.database, "SELECT 1") == 1
        assert api.database.retry.budget.retries == 0


async def test_all_connections_may_be_lost_under_load(settings: Settings) -> None:
    async with serving(with_database(settings, pool_max=8)) as api:
        # What may be done again has to be earned first.
        for _ in range(100):
            await value(api.database, "SELECT 1")
        over, outcomes, ended = False, Counter[Any](), 0

        async def call() -> None:
            while not over:
                outcomes[await outcome(api.database, 0.001)] += 1

        calls = [asyncio.create_task(call()) for _ in range(8)]
        for _ in range(5):
            await asyncio.sleep(0.3)
            ended += await faults.terminate(api)
        over = True
        await asyncio.gather(*calls)
        assert ended > 5
        assert set(outcomes) == {"done"}
        assert api.database.breaker.openings == 0
        assert api.database.pool().used == 0


async def test_a_read_that_is_always_lost_ends(api: Api) -> None:
    with pytest.raises(LostError):
        await value(api.database, "SELECT pg_terminate_backend(pg_backend_pid())")
    assert api.database.retry.budget.retries == api.database.settings.retry_attempts - 1
    await settled(api)


async def test_a_write_that_is_lost_is_not_sent_again(api: Api) -> None:
    await api.execute("CREATE SEQUENCE sent")
    with pytest.raises(UnknownCommitError):
        await written(
            api.database, "SELECT nextval('sent'), pg_terminate_backend(pg_backend_pid())"
        )
    assert await value(api.database, "SELECT last_value FROM sent") == 1
    assert api.database.retry.budget.retries == 0


async def asleep(observer: asyncpg.Connection[Any]) -> int:
    count = "SELECT count(*) FROM pg_stat_activity WHERE query = $1 AND state = 'active'"
    return int(await observer.fetchval(count, SLEEP))


async def test_callers_may_leave_in_mid_statement(settings: Settings) -> None:
    async with serving(with_database(settings, statement_timeout=30, pool_max=25)) as api:
        observer = await api.database._connect()

        async def all_at_work() -> bool:
            return await asleep(observer) == 25

        for _ in range(10):
            calls = [asyncio.create_task(outcome(api.database, 20)) for _ in range(25)]
            await faults.until(all_at_work)
            start = time.monotonic()
            for call in calls:
                call.cancel()
            await asyncio.wait(calls)
            assert time.monotonic() - start < 5, "who leaves does not wait for the server"
            await settled(api)
        await observer.close()
        assert api.database.breaker.openings == 0
        assert await outcome(api.database, 0) == "done"


async def test_who_waits_for_a_connection_may_leave(settings: Settings) -> None:
    async with serving(with_database(settings, pool_max=1, acquire_timeout=20)) as api:
        first = asyncio.create_task(outcome(api.database, 0.3))
        await asyncio.sleep(0.05)
        others = [asyncio.create_task(outcome(api.database, 20)) for _ in range(10)]
        await asyncio.sleep(0.05)
        for each in others:
            each.cancel()
        await asyncio.wait(others)
        assert await first == "done"
        assert await outcome(api.database, 0) == "done"
        assert (api.database.pool().used, api.database.pool().idle) == (0, 1)


async def test_while_the_breaker_is_open_nothing_reaches_the_server(settings: Settings) -> None:
    async with fast_to_heal(settings, breaker_reset=20) as api:
        await api.execute("CREATE SEQUENCE asked")
        opened(api)
        with pytest.raises(BreakerOpen):
            await value(api.database, "SELECT nextval('asked')")
        with pytest.raises(BreakerOpen):
            await written(api.database, "SELECT nextval('asked')")
        assert api.database.pool().used == 0
        api.database.breaker._until = 0.0
        assert await value(api.database, "SELECT is_called FROM asked") is False


async def test_of_fifty_callers_at_half_open_one_reaches_the_server(settings: Settings) -> None:
    async with fast_to_heal(settings, breaker_reset=20) as api:
        half_opened(api)
        assert await at_once(api.database, 1.5, 50) == {"done": 1, BreakerOpen: 49}
        assert await at_once(api.database, 0, 5) == {"done": 5}


async def test_a_probe_whose_caller_leaves_frees_its_permit(settings: Settings) -> None:
    async with fast_to_heal(settings, breaker_reset=20, statement_timeout=30) as api:
        half_opened(api)
        probe = asyncio.create_task(outcome(api.database, 15))
        await asyncio.sleep(0.2)
        assert await outcome(api.database, 0) is BreakerOpen
        probe.cancel()
        await asyncio.wait({probe})
        assert await outcome(api.database, 0) == "done"


async def test_a_statement_has_a_limit(settings: Settings) -> None:
    async with serving(with_database(settings, statement_timeout=0.2)) as api:
        assert await outcome(api.database, 5) is asyncpg.QueryCanceledError
        assert api.database.breaker.openings == 0
        assert await outcome(api.database, 0) == "done"


async def test_idle_connections_are_asked_before_they_are_used_again(api: Api) -> None:
    await value(api.database, "SELECT 1")
    await asyncio.sleep(1.1)
    assert await faults.terminate(api) > 0
    assert await written(api.database, "SELECT 1") == 1
    assert api.database.retry.budget.retries == 0


async def test_what_is_closed_meanwhile_keeps_nothing(settings: Settings) -> None:
    async with serving(settings) as api:
        call = asyncio.create_task(outcome(api.database, 0.3))
        await asyncio.sleep(0.1)
        pool = api.database._pool
        await api.database.engine.dispose()
        assert await call == "done"
        assert (pool.used, pool.idle) == (0, 0)


async def test_a_database_that_is_not_there() -> None:
    settings = settings_for("postgresql://nobody:secret@127.0.0.1:1/nothing")
    declared = Declared("database", Database)
    async with Sources([declared], settings, application="test") as sources:
        database = sources[declared]
        with pytest.raises(UnreachableError):
            await value(database, "SELECT 1")
        with pytest.raises(UnreachableError):
            await written(database, "SELECT 1")
        assert database.pool().used == 0


@needs_proc
def test_a_server_that_stops_answering(tmp_path: Path) -> None:
    with development_postgres(tmp_path, durable=False) as url:
        asyncio.run(_while_stopped(settings_for(url, database={"connect_timeout": 0.5})))


async def _while_stopped(settings: Settings) -> None:
    async with serving(settings) as api:
        server = await faults.postgres_of(api)
        over, seconds, heard_of = False, list[float](), Counter[Any]()

        async def call() -> None:
            while not over:
                start = time.monotonic()
                try:
                    heard = await within(outcome(api.database, 0), 1.0)
                except DeadlineExceededError:
                    heard = DeadlineExceededError
                heard_of[heard] += 1
                seconds.append(time.monotonic() - start)
                await asyncio.sleep(0.005)

        calls = [asyncio.create_task(call()) for _ in range(12)]
        await asyncio.sleep(0.3)
        assert set(heard_of) == {"done"}
        with server.stopped():
            await asyncio.sleep(faults.STOPPED)
        assert api.database.breaker.openings > 0

        async def answered() -> bool:
            return bool(await outcome(api.database, 0) == "done")

        assert await faults.until(answered) < 5
        over = True
        await asyncio.gather(*calls)
        assert max(seconds) < faults.STOPPED - 1
        assert heard_of[DeadlineExceededError] > 0
        assert heard_of[BreakerOpen] > heard_of[DeadlineExceededError]
        await settled(api)
