"""What happens when the database is slow, full, gone or of another opinion."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from terapin.runtime.core.database import Session
from terapin.runtime.core.embedded import development_postgres
from terapin.runtime.core.errors import NotWritten
from terapin.runtime.core.migrations import upgrade

from .blog.settings import Settings
from .harness import Api, serving, settings_for


def with_routes(api: Api) -> FastAPI:
    """The service with endpoints that go wrong."""
    app = api.app

    @app.post("/late")
    async def late(session: Session) -> str:
        await session.execute(text("INSERT INTO late VALUES (1), (1)"))
        return "done"

    @app.get("/slow")
    async def slow(session: Session, seconds: float) -> str:
        await session.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": seconds})
        return "done"

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

        async def call() -> tuple[int, float, httpx.Response]:
            start = time.perf_counter()
            response = await api.client.get("/slow?seconds=1")
            return response.status_code, time.perf_counter() - start, response

        answers = await asyncio.gather(*(call() for _ in range(200)))
        losers = [answer for answer in answers if answer[0] != 200]
        assert len(losers) == 195
        for _, _, response in losers:
            unavailable(response)
        assert (await api.client.get("/users")).status_code == 200


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


def postgres_processes(home: Path) -> list[int]:
    lines = next(home.rglob("postmaster.pid")).read_text().splitlines()
    parent = int(lines[0])
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [parent, *map(int, children)]


@pytest.mark.skipif(not Path("/proc").exists(), reason="needs /proc")
def test_a_server_that_stops_answering(tmp_path: Path) -> None:
    """Every request ends by its deadline, and all is well soon after the server goes on."""
    with development_postgres(tmp_path, durable=False) as url:
        settings = settings_for(url, request_timeout=1.0, database={"connect_timeout": 0.5})
        upgrade("tests.runtime.blog", settings)
        home = (tmp_path / "location").read_text() if (tmp_path / "location").exists() else tmp_path
        asyncio.run(_while_stopped(settings, Path(home)))


async def _while_stopped(settings: Settings, home: Path) -> None:
    async with serving(settings) as api:
        await asyncio.gather(*(api.get("/users") for _ in range(4)))
        stopped = postgres_processes(home)
        send(signal.SIGSTOP, stopped)
        try:
            times = await asyncio.gather(*(timed(api) for _ in range(30)))
            start = time.monotonic()
            assert (await api.client.get("/health/ready")).status_code == 503
            assert time.monotonic() - start < 3
        finally:
            send(signal.SIGCONT, stopped)
        assert max(seconds for seconds, _ in times) < 1.25
        for _, response in times:
            unavailable(response)
        deadline = time.monotonic() + 2
        answer: Any = None
        while time.monotonic() < deadline:
            answer = await api.client.get("/users")
            if answer.status_code == 200:
                break
        assert answer.status_code == 200


def send(kind: signal.Signals, processes: list[int]) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, kind)


async def timed(api: Api) -> tuple[float, httpx.Response]:
    start = time.perf_counter()
    response = await api.client.get("/users")
    return time.perf_counter() - start, response
