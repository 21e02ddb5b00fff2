"""The blog on a database of its own, and a client of it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import httpx
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import NullPool, event, text
from sqlalchemy.ext.asyncio import create_async_engine

from terapin.runtime.core.database import Database
from terapin.runtime.core.sources.manager import Sources
from terapin.runtime.core.statements import Statements

from .blog.main import create_app
from .blog.settings import Settings
from .blog.sources import database as declared

Json = dict[str, Any]


def settings_for(url: str, **others: Any) -> Settings:
    """`database` has settings of the database beside its URL."""
    database = {"url": SecretStr(url), "acquire_timeout": 5, **others.pop("database", {})}
    return Settings(
        **{"environment": "development", "log_level": "ERROR", "database": database, **others}
    )


class Api:
    def __init__(self, app: FastAPI, client: httpx.AsyncClient) -> None:
        self.app = app
        self.client = client
        self._number = 0

    @property
    def database(self) -> Database:
        sources: Sources = self.app.state.sources
        return sources[declared]

    async def get(self, path: str, **parameters: Any) -> Json:
        response = await self.client.get(path, params=parameters)
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def post(self, path: str, **body: Any) -> Json:
        response = await self.client.post(path, json=body)
        assert response.status_code == 201, response.text
        return dict(response.json())

    async def user(self, **others: Any) -> Json:
        self._number += 1
        name = f"user{self._number}"
        body = {"email": f"{name}@example.org", "username": name, "password_hash": "x"}
        return await self.post("/users", **{**body, **others})

    async def article(self, user: Json, **others: Any) -> Json:
        self._number += 1
        body = {"title": "T", "slug": f"s{self._number}", "body": "B", "user_id": user["id"]}
        return await self.post("/posts", **{**body, **others})

    async def walk(self, path: str, **parameters: Any) -> AsyncIterator[Json]:
        """Every row, by following the cursors."""
        while True:
            page = await self.get(path, **parameters)
            for item in page["items"]:
                yield item
            if page["next_cursor"] is None:
                return
            parameters["cursor"] = page["next_cursor"]

    async def execute(self, statement: str, **values: Any) -> None:
        async with self.database.session() as session:
            await session.execute(text(statement), values)

    @contextmanager
    def statements(self) -> Iterator[list[tuple[str, Any]]]:
        """The SQL statements, with their values, that are sent inside the block."""
        sent: list[tuple[str, Any]] = []

        def note(_1: Any, _2: Any, statement: str, values: Any, *_: Any) -> None:
            sent.append((statement, values))

        send = Statements.rows

        async def past_sqlalchemy(self: Statements, statement: str, values: Sequence[Any]) -> Any:
            sent.append((statement, tuple(values)))
            return await send(self, statement, values)

        engine = self.database.engine.sync_engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            with patch.object(Statements, "rows", past_sqlalchemy):
                yield sent
        finally:
            event.remove(engine, "before_cursor_execute", note)


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Api]:
    app = create_app(settings)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://blog.test") as client,
    ):
        yield Api(app, client)


@asynccontextmanager
async def database(server: Settings, template: Settings | None = None) -> AsyncIterator[Settings]:
    name = f"test_{uuid4().hex}"
    copied = f" TEMPLATE {template.database.sqlalchemy_url.database}" if template else ""
    url = server.database.sqlalchemy_url
    engine = create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}{copied}"))
    url = url.set(drivername="postgresql", database=name)
    yield settings_for(url.render_as_string(hide_password=False))
    async with engine.connect() as connection:
        await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    await engine.dispose()


@contextmanager
def listening(server: Settings, template: Settings, **others: Any) -> Iterator[tuple[FastAPI, str]]:
    """The blog and its URL, as a server with settings of its own."""
    with asyncio.Runner() as runner:
        context = database(server, template)
        settings = runner.run(context.__aenter__()).model_copy(update=others)
        app = create_app(settings)
        running = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False))
        thread = threading.Thread(target=running.run)
        thread.start()
        while not running.started:
            runner.run(asyncio.sleep(0.05))
        port = running.servers[0].sockets[0].getsockname()[1]
        try:
            yield app, f"http://127.0.0.1:{port}"
        finally:
            running.should_exit = True
            thread.join()
            runner.run(context.__aexit__(None, None, None))
