"""The club on databases of its own, and a client of it."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pymongo
from fastapi import FastAPI
from pydantic import SecretStr
from pymongo.errors import PyMongoError
from pymongo.monitoring import CommandListener, CommandStartedEvent
from sqlalchemy import NullPool, event, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from terapin.runtime.core.database import Database
from terapin.runtime.core.documents import prepare
from terapin.runtime.core.idempotency import keys
from terapin.runtime.core.settings import MongodbSettings, PostgresqlSettings
from terapin.runtime.core.sources.manager import Sources
from terapin.runtime.core.sources.mongodb import Mongodb

from .club.main import create_app
from .club.models import Base
from .club.settings import Settings
from .club.sources import activity_store, database
from .club.sources import sources as declared

Json = dict[str, Any]


class Commands(CommandListener):
    """What is sent to every MongoDB while somebody listens."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Any]] = []

    def started(self, event: CommandStartedEvent) -> None:
        self.sent.append((event.command_name, event.command))

    def succeeded(self, event: Any) -> None:
        pass

    failed = succeeded


commands = Commands()
pymongo.monitoring.register(commands)


class Api:
    def __init__(self, app: FastAPI, client: httpx.AsyncClient) -> None:
        self.app = app
        self.client = client

    @property
    def sources(self) -> Sources:
        sources: Sources = self.app.state.sources
        return sources

    @property
    def mongodb(self) -> Mongodb:
        return self.sources[activity_store]

    @property
    def postgresql(self) -> Database:
        return self.sources[database]

    async def get(self, path: str, **parameters: Any) -> Json:
        response = await self.client.get(path, params=parameters)
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def items(self, path: str, **parameters: Any) -> list[Json]:
        return list((await self.get(path, **parameters))["items"])

    async def post(self, path: str, **body: Any) -> Json:
        response = await self.client.post(path, json=body)
        assert response.status_code == 201, response.text
        return dict(response.json())

    async def member(self) -> Json:
        return await self.post("/members", email=f"{uuid4().hex}@example.org", name="M")

    async def activity(self, member: Json | None = None, **others: Any) -> Json:
        member = member or await self.member()
        return await self.post("/activities", member_id=member["id"], **others)

    async def walk(self, path: str, **parameters: Any) -> list[Json]:
        """Every row, by following the cursors."""
        rows: list[Json] = []
        while True:
            page = await self.get(path, **parameters)
            rows += page["items"]
            if page["next_cursor"] is None:
                return rows
            parameters["cursor"] = page["next_cursor"]

    @contextmanager
    def queries(self) -> Iterator[list[str]]:
        """What is sent to either database inside the block."""
        sent: list[str] = []

        def note(_1: Any, _2: Any, statement: str, *_: Any) -> None:
            sent.append(statement)

        engine = self.postgresql.engine.sync_engine
        event.listen(engine, "before_cursor_execute", note)
        before = len(commands.sent)
        try:
            yield sent
        finally:
            event.remove(engine, "before_cursor_execute", note)
            sent += [name for name, _ in commands.sent[before:]]


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Api]:
    app = create_app(settings)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://club.test") as client,
    ):
        yield Api(app, client)


def settings_for(postgresql: str, mongodb: str, **others: Any) -> Settings:
    """`others` may hold settings of `activity_store` beside its URL."""
    store = {"database": f"club_{uuid4().hex}", "acquire_timeout": 5, **others.pop("store", {})}
    return Settings(
        database=PostgresqlSettings(url=SecretStr(postgresql), acquire_timeout=5),
        activity_store=MongodbSettings(url=SecretStr(mongodb), **store),
        environment="development",
        log_level="ERROR",
        **others,
    )


@asynccontextmanager
async def prepared(settings: Settings) -> AsyncIterator[Settings]:
    """With a database of the settings' PostgreSQL that has the tables, and a MongoDB that has the collections."""
    url = make_url(settings.database.given_url).set(drivername="postgresql+asyncpg")
    name = f"club_{uuid4().hex}"
    admin = create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with admin.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    engine = create_async_engine(url.set(database=name), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        await connection.run_sync(keys.create)
    own = url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    own_database = settings.database.model_copy(update={"url": SecretStr(own)})
    settings = settings.model_copy(update={"database": own_database})
    async with Sources(declared, settings) as sources:
        await prepare(sources)
    yield settings
    async with Sources(declared, settings) as sources:
        with suppress(PyMongoError), pymongo.timeout(5):
            await sources[activity_store].client.drop_database(settings.activity_store.database)
    async with admin.connect() as connection:
        await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


class MongodbServer:
    """A MongoDB-compatible server of the tests' own."""

    def __init__(self, storage: Path | str = ":memory:") -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.url = f"mongodb://127.0.0.1:{self.port}"
        command = Path(sys.executable).parent / "secantusd-py"
        self.process = subprocess.Popen(
            [
                command,
                "--port",
                str(self.port),
                "--storage-path",
                str(storage),
                "--log-level",
                "ERROR",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise TimeoutError("the server of MongoDB's protocol did not start")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


async def until(condition: Any, seconds: float = 5) -> None:
    """Wait for something that happens by itself."""
    end = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < end
        await asyncio.sleep(0.05)
