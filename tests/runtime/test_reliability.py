"""What happens when the database is slow, full, gone or of another opinion."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from terapin.runtime.core.database import (
    Session,
    UnknownCommitError,
    after_commit,
)
from terapin.runtime.core.embedded import development_postgres
from terapin.runtime.core.errors import NotWritten
from terapin.runtime.core.migrations import upgrade
from terapin.runtime.core.resilience.breaker import State

from . import faults
from .blog.settings import Settings
from .harness import Api, serving, settings_for

needs_proc = pytest.mark.skipif(not Path("/proc").exists(), reason="needs /proc")


def with_routes(api: Api) -> FastAPI:
    """The service with endpoints that go wrong."""
    app = api.app

    @app.post("/late")
    async def late(session: Session) -> str:
        await session.execute(text("INSERT INTO late VALUES (1), (1)"))
        return "done"

    faults.with_slow(app)

    @app.get("/asleep")
    async def asleep() -> str:
        await asyncio.sleep(60)
        return "done"

    @app.get("/broken")
    async def broken(session: Session) -> str:
        await session.execute(text("SELECT 'hunter2' FROM no_such_table"))
        return "done"

    @app.get("/unwritten")
    async def unwritten() -> None:
        raise NotWritten("unwritten")

    return app


def unavailable(response: httpx.Response) -> None:
    assert response.status_code == 503, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["retry-after"]


async def test_an_answer_is_not_sent_before_its_transaction_is_committed(api: Api) -> None:
    await api.execute("CREATE TABLE late (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    with_routes(api)
    response = await api.client.post("/late")
    assert response.status_code == 409
    assert response.headers["content-type"] == "application/problem+json"


def with_database(settings: Settings, **changes: float) -> Settings:
    database = settings.database.model_copy(update=changes)
    return settings.model_copy(update={"database": database})


async def test_losers_for_a_connection_are_told_at_once(settings: Settings) -> None:
    async with serving(
        with_database(settings, pool_min=5, pool_max=5, acquire_timeout=0.25)
    ) as api:
        with_routes(api)

        load = await faults.losers(api)
        assert len(load.of(200)) == 5
        assert len(load.failed) == 195
        for answer in load.failed:
            unavailable(answer.response)
            assert answer.seconds < 10
        assert (await api.client.get("/users")).status_code == 200
        assert api.database.pool().used == 0
        assert state(api) is State.CLOSED


async def test_a_statement_has_a_limit(settings: Settings) -> None:
    async with serving(with_database(settings, statement_timeout=0.2)) as api:
        with_routes(api)
        unavailable(await api.client.get("/slow?seconds=5"))
        assert (await api.client.get("/users")).status_code == 200


async def test_a_request_has_a_limit(settings: Settings) -> None:
    async with serving(settings.model_copy(update={"request_timeout": 0.2})) as api:
        with_routes(api)
        unavailable(await api.client.get("/asleep"))
        unavailable(await api.client.get("/slow?seconds=3"))
        assert (await api.client.get("/users")).status_code == 200


async def test_a_database_that_is_not_there() -> None:
    settings = settings_for("postgresql://nobody:secret@127.0.0.1:1/nothing")
    async with serving(settings) as api:
        unavailable(await api.client.get("/users"))
        ready = await api.client.get("/health/ready")
        assert ready.status_code == 503
        assert ready.json()["sources"]["database"]["status"] == "down"
        assert (await api.client.get("/health/live")).status_code == 200


async def test_connections_that_were_ended_are_replaced(api: Api) -> None:
    await asyncio.gather(*(api.get("/users") for _ in range(5)))
    await api.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    for _ in range(5):
        await api.get("/users")


async def test_nothing_of_the_inside_is_told(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    with_routes(api)
    response = await api.client.get("/broken")
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-request-id"] in response.json()["detail"]
    for secret in ("hunter2", "no_such_table", "asyncpg", "Traceback"):
        assert secret not in response.text


async def test_what_is_not_written_says_so(api: Api) -> None:
    with_routes(api)
    response = await api.client.get("/unwritten")
    assert response.status_code == 501
    assert "unwritten" in response.json()["detail"]


@asynccontextmanager
async def fast_to_heal(settings: Settings, **changes: Any) -> AsyncIterator[Api]:
    """Few connections, and a breaker that soon tries again."""
    changes = {"pool_max": 5, "breaker_failures": 3, "breaker_reset": 0.2, **changes}
    async with serving(with_database(settings, **changes)) as api:
        with_routes(api)
        yield api


def state(api: Api) -> State:
    """Which changes behind the type checker's back."""
    return api.database.breaker.state


def opened(api: Api) -> None:
    """Its breaker, as by calls that failed."""
    for _ in range(api.database.settings.breaker_failures):
        api.database.breaker.admit().failed()
    assert state(api) is State.OPEN


def half_opened(api: Api) -> None:
    """As if its time had passed."""
    opened(api)
    api.database.breaker._until = 0.0
    assert state(api) is State.HALF_OPEN


async def test_while_the_breaker_is_open_nothing_reaches_the_server(settings: Settings) -> None:
    async with fast_to_heal(settings, breaker_reset=7.5) as api:
        opened(api)
        with api.statements() as sent:
            response = await api.client.get("/users")
            live = await api.client.get("/asked")
        unavailable(response)
        assert response.headers["retry-after"] == "8"
        assert sent == []
        assert live.status_code == 404, "what needs no database does not meet its breaker"


async def test_of_fifty_callers_at_half_open_one_reaches_the_server(settings: Settings) -> None:
    async with fast_to_heal(settings, breaker_reset=20) as api:
        half_opened(api)
        with api.statements() as sent:
            load = await faults.at_once(api, "/slow?seconds=1.5", 50)
        assert len(load.of(200)) == len(sent) == 1
        assert len(load.of(503)) == 49
        assert state(api) is State.CLOSED
        assert len((await faults.at_once(api, "/users", 5)).of(200)) == 5


async def test_a_probe_whose_caller_leaves_frees_its_permit(settings: Settings) -> None:
    async with fast_to_heal(settings, breaker_reset=20, statement_timeout=30) as api:
        half_opened(api)
        probe = asyncio.create_task(api.client.get("/slow?seconds=15"))
        await asyncio.sleep(0.2)
        unavailable(await api.client.get("/users"))
        probe.cancel()
        await asyncio.wait({probe})
        assert state(api) is State.HALF_OPEN
        assert await faults.healthy(api, "/users") < 5
        assert state(api) is State.CLOSED


async def test_callers_that_leave_open_no_breaker(settings: Settings) -> None:
    async with fast_to_heal(settings) as api:
        await faults.cancelled(api, requests=30)
        assert api.database.breaker.openings == 0


async def test_statements_that_the_server_ends_open_no_breaker(settings: Settings) -> None:
    async with fast_to_heal(settings, statement_timeout=0.1) as api:
        for _ in range(5):
            unavailable(await api.client.get("/slow?seconds=3"))
        assert api.database.breaker.openings == 0


@pytest.mark.parametrize(("path", "least"), [("/users", 6), ("/users/{id}", 1)])
async def test_all_connections_may_be_lost_under_load(
    settings: Settings, path: str, least: int
) -> None:
    """Nobody who reads hears of it, and it is no outage. One connection may do for rows by their key."""
    async with serving(settings) as api:
        user = await api.user()
        # What may be done again has to be earned first.
        for _ in range(100):
            await api.get("/users")
        load, ended = await faults.terminated(api, path.format(**user), times=5)
        assert ended >= least
        assert [answer.response.text for answer in load.failed] == []
        assert api.database.breaker.openings == 0
        assert api.database.retry.budget.retries <= 0.1 * len(load.answers) + 10
        assert api.database.pool().used == 0


async def test_a_thousand_callers_may_leave_in_mid_statement(settings: Settings) -> None:
    async with serving(with_database(settings, statement_timeout=30, pool_max=25)) as api:
        with_routes(api)
        assert await faults.cancelled(api, requests=1000) < 5
        assert (await api.client.get("/users")).status_code == 200


async def test_serializable_transactions_add_up(settings: Settings) -> None:
    async with serving(with_database(settings, retry_attempts=20, acquire_timeout=10)) as api:
        total, done = await faults.incremented(api, callers=32)
        assert total == 32
        assert done - 32 == api.database.retry.budget.conflicts > 0
        assert api.database.breaker.openings == 0


async def test_a_transaction_is_done_again_if_it_was_lost_before_its_end(api: Api) -> None:
    await api.execute("CREATE TABLE done (n int)")
    attempts = 0

    async def work(session: AsyncSession) -> int:
        nonlocal attempts
        attempts += 1
        await session.execute(text("INSERT INTO done VALUES (1)"))
        if attempts == 1:
            await faults.terminate(api)
            await session.execute(text("INSERT INTO done VALUES (2)"))
        return attempts

    assert await api.database.transaction(work) == 2
    async with api.database.session() as session:
        assert (await session.scalars(text("SELECT n FROM done"))).all() == [1]


async def test_a_transaction_whose_commit_was_lost_is_not_done_again(api: Api) -> None:
    await api.execute("CREATE TABLE done (n int)")
    attempts = 0

    async def work(session: AsyncSession) -> None:
        nonlocal attempts
        attempts += 1
        await session.execute(text("INSERT INTO done VALUES (1)"))
        await faults.terminate(api)

    with pytest.raises(UnknownCommitError):
        await api.database.transaction(work)
    assert attempts == 1


async def test_an_error_of_the_work_itself_is_not_tried_again(api: Api) -> None:
    attempts = 0

    async def work(session: AsyncSession) -> None:
        nonlocal attempts
        attempts += 1
        await session.execute(text("SELECT 1 / 0"))

    with pytest.raises(DBAPIError):
        await api.database.transaction(work)
    assert attempts == 1


async def test_what_is_done_after_a_commit_cannot_undo_it(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    told = []

    async def fail() -> None:
        raise OSError("the cache is away")

    async def tell() -> None:
        told.append(True)

    async with api.database.session() as session:
        after_commit(session, fail)
        after_commit(session, tell)
        await session.execute(text("SELECT 1"))
        assert not told
    assert told
    assert "the cache is away" in caplog.text


async def test_after_a_rollback_nothing_is_done(api: Api) -> None:
    told = []

    async def tell() -> None:
        told.append(True)

    async def fail() -> None:
        async with api.database.session() as session:
            after_commit(session, tell)
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    assert not told


async def test_idle_connections_are_closed_but_for_some(settings: Settings) -> None:
    async with serving(with_database(settings, pool_min=2, pool_max=6, max_idle=0.3)) as api:
        with_routes(api)
        assert api.database.pool().idle == 2
        await faults.at_once(api, "/slow?seconds=0.1", 6)
        assert api.database.pool().idle == 6

        async def trimmed() -> bool:
            return api.database.pool().idle == 2

        assert await faults.until(trimmed) > 0.1
        assert (await api.client.get("/users")).status_code == 200


@needs_proc
def test_a_server_that_stops_answering(tmp_path: Path) -> None:
    """Every request ends by its deadline, and all is well soon after the server goes on."""
    with development_postgres(tmp_path, durable=False) as url:
        settings = settings_for(url, request_timeout=1.0, database={"connect_timeout": 0.5})
        upgrade("tests.runtime.blog", settings)
        asyncio.run(_while_stopped(settings))


async def _while_stopped(settings: Settings) -> None:
    async with serving(settings) as api:
        server = await faults.postgres_of(api)
        async with faults.under_load(api, "/users", callers=12) as load:
            await asyncio.sleep(0.5)
            assert not load.failed
            with server.stopped():
                await asyncio.sleep(faults.STOPPED)
                start = time.monotonic()
                ready = await api.client.get("/health/ready")
                assert time.monotonic() - start < 3
                assert ready.status_code == 503
                assert ready.json()["sources"]["database"]["status"] == "down"
                assert (await api.client.get("/health/live")).status_code == 200
            assert await faults.healthy(api, "/users") < 5
            recovered = time.monotonic()
            await asyncio.sleep(1)
        assert load.slowest < faults.STOPPED - 1
        assert {answer.status for answer in load.answers} == {200, 503}
        assert api.database.breaker.openings > 0
        assert not [each for each in load.failed if each.at > recovered + 0.5]


@needs_proc
def test_a_server_that_dies_and_comes_back(tmp_path: Path) -> None:
    """No error once it is back, and while it is away it is spared."""
    with development_postgres(tmp_path, durable=True) as url:
        settings = settings_for(url, request_timeout=2.0, database={"breaker_reset": 0.3})
        upgrade("tests.runtime.blog", settings)
        asyncio.run(_while_dead(settings))


async def _while_dead(settings: Settings) -> None:
    async with serving(settings) as api:
        server = await faults.postgres_of(api)
        try:
            async with faults.under_load(api, "/users", callers=12) as load:
                await asyncio.sleep(1)
                assert not load.failed
                server.kill()
                await asyncio.sleep(1)
                assert load.answers[-1].status == 503
                server.start_again()
                await faults.healthy(api, "/users")
                recovered = time.monotonic()
                await asyncio.sleep(1)
        finally:
            server.end()
        assert load.slowest < 5
        assert {answer.status for answer in load.answers} == {200, 503}
        assert not [each for each in load.failed if each.at > recovered + 0.5]
        assert api.database.retry.budget.retries <= 0.1 * len(load.answers)
