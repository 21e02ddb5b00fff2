"""The mailroom with its API in this process and workers in others."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text

from terapin.runtime.core.database import Database
from terapin.runtime.core.tasks.settings import TaskSettings

from ..blog.settings import Settings as BlogSettings
from ..mailroom.main import create_app
from ..mailroom.settings import Settings
from ..mailroom.sources import database as declared
from ..test_commands import ROOT

PACKAGE = "tests.runtime.mailroom"

DEEP = os.environ.get("TERAPIN_TEST_PROFILE") == "deep"
deep = pytest.mark.skipif(not DEEP, reason="in the deep profile")
BROKERS = ["valkey", "rabbitmq"] if DEEP else ["valkey"]

Json = dict[str, Any]


def settings_for(database: BlogSettings, broker: str, results: str, **tasks: Any) -> Settings:
    own = TaskSettings.model_validate(
        {
            "broker_url": broker,
            "results_url": results.replace("/0", "/1"),
            "lease": 3,
            "resend": 5,
            "longest": 60,
            **tasks,
        }
    )
    return Settings(
        environment="development",
        log_level="WARNING",
        database=database.database.model_copy(),
        tasks=own,
    )


def environment(settings: Settings) -> dict[str, str]:
    """For processes that are to have the same settings."""
    own = settings.tasks
    assert settings.database.url
    values = {
        "MAILROOM_ENVIRONMENT": "development",
        "MAILROOM_LOG_LEVEL": "INFO",
        "MAILROOM_OPEN_TO_ALL": "true",
        "MAILROOM_DATABASE_URL": settings.database.url.get_secret_value(),
        "MAILROOM_DATABASE_ACQUIRE_TIMEOUT": "5",
        "MAILROOM_TASKS_BROKER_URL": _url(own.broker_url),
        "MAILROOM_TASKS_RESULTS_URL": _url(own.results_url),
        "MAILROOM_TASKS_LEASE": str(own.lease),
        "MAILROOM_TASKS_RESEND": str(own.resend),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
    }
    return {**os.environ, **values}


def _url(secret: SecretStr | None) -> str:
    assert secret is not None
    return secret.get_secret_value()


class Office:
    def __init__(
        self, app: FastAPI, client: httpx.AsyncClient, settings: Settings, directory: Path
    ):
        self.app = app
        self.client = client
        self.settings = settings
        self.directory = directory

    @property
    def database(self) -> Database:
        database: Database = self.app.state.sources[declared]
        return database

    async def rows(self, statement: str, *values: Any) -> list[Json]:
        return [dict(row) for row in await self.database.rows(statement, values)]

    async def letters(self) -> list[str]:
        return [row["body"] for row in await self.rows("SELECT body FROM letters ORDER BY id")]

    async def run(self, id_: UUID) -> Json:
        [row] = await self.rows("SELECT * FROM task_runs WHERE id = $1", id_)
        return row

    async def states(self) -> dict[str, int]:
        rows = await self.rows("SELECT state, count(*) AS number FROM task_runs GROUP BY state")
        return {row["state"]: row["number"] for row in rows}

    async def state(self, id_: UUID, state: str, within: float = 40) -> Json:
        """Returns the run once it is in that state."""

        async def reached() -> bool:
            return bool((await self.run(id_))["state"] == state)

        if not await eventually(reached, within):
            raise AssertionError(f"{await self.run(id_)}\n{self.log()}")
        return await self.run(id_)

    async def execute(self, statement: str, **values: Any) -> None:
        async with self.database.session() as session:
            await session.execute(text(statement), values)

    @contextmanager
    def worker(self, *arguments: str, command: str = "worker") -> Iterator[subprocess.Popen[bytes]]:
        """Started, not waited for: what is sent before it listens waits."""
        with working(self.settings, self.directory, "-m", PACKAGE, command, *arguments) as process:
            yield process

    def log(self) -> str:
        path = self.directory / "worker.log"
        return path.read_text() if path.exists() else ""


@contextmanager
def working(
    settings: Settings, directory: Path, *arguments: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A process of Python with these arguments."""
    with (directory / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=directory,
            env=environment(settings),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@asynccontextmanager
async def opened(settings: Settings, directory: Path) -> AsyncIterator[Office]:
    app = create_app(settings)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://mailroom.test") as client,
    ):
        with app.state.sources.current():
            yield Office(app, client, settings, directory)


async def eventually(holds: Callable[[], Awaitable[bool]], within: float = 20) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        if await holds():
            return True
        await asyncio.sleep(0.05)
    return await holds()
