"""PostgreSQL, migrated once: every test runs on a database that is a copy.

The server is an embedded one, or that of `<PREFIX>TEST_DATABASE_URL`.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine

from .api import Api
from .service import (
    PostgresqlSettings,
    Settings,
    create_app,
    embedded,
    migrations,
    resources,
    seeding,
)

ROWS = 12


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    url = os.environ.get(Settings.variable("test_database", "url"))
    if url:
        yield _settings(url)
        return
    base = tmp_path_factory.getbasetemp()
    # The workers of pytest-xdist share one server.
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    binaries = os.environ.get(Settings.variable("dev_postgres_bin"))
    with embedded.development_postgres(
        shared / "postgres", binaries=Path(binaries) if binaries else None, durable=False
    ) as url:
        yield _settings(url)


@pytest.fixture(scope="session")
async def empty(server: Settings) -> AsyncIterator[Settings]:
    """A database without tables, which becomes the template."""
    async with _database(server) as database:
        yield database


@pytest.fixture(scope="session")
def migrated(empty: Settings) -> Settings:
    """The template of the others: a database without rows."""
    migrations.upgrade(create_app.__module__.rpartition(".")[0], empty)
    return empty


@pytest.fixture
async def database(server: Settings, migrated: Settings) -> AsyncIterator[Settings]:
    async with _database(server, migrated) as database:
        yield database


@pytest.fixture
async def client(database: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The service on an empty database of the test's own."""
    async with _serving(database) as api:
        yield api.client


@pytest.fixture(scope="session")
async def _empty_api(server: Settings, migrated: Settings) -> AsyncIterator[Api]:
    async with _database(server, migrated) as database, _serving(database) as api:
        yield api


@pytest.fixture
async def api(_empty_api: Api) -> AsyncIterator[Api]:
    """The service on an empty database, which it is again after the test."""
    yield _empty_api
    await _empty_api.remove_created()


@pytest.fixture(scope="session")
async def filled_api(server: Settings, migrated: Settings) -> AsyncIterator[Api]:
    """The service on a database with rows in every table, for tests that only read."""
    async with _database(server, migrated) as database:
        await _fill(database)
        async with _serving(database) as api:
            yield api


@asynccontextmanager
async def _database(server: Settings, template: Settings | None = None) -> AsyncIterator[Settings]:
    name = f"test_{uuid4().hex}"
    copied = f' TEMPLATE "{template.database.sqlalchemy_url.database}"' if template else ""
    await _execute(server, f'CREATE DATABASE "{name}"{copied}')
    url = server.database.sqlalchemy_url.set(drivername="postgresql", database=name)
    yield _settings(url.render_as_string(hide_password=False))
    await _execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@asynccontextmanager
async def _serving(database: Settings) -> AsyncIterator[Api]:
    app = create_app(database)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://service.test") as client,
    ):
        yield Api(app, client)


async def _fill(database: Settings) -> None:
    """In two turns: only the second finds rows for references that go round in a circle."""
    engine = create_async_engine(database.database.sqlalchemy_url, poolclass=NullPool)
    for _ in range(2):
        async with engine.begin() as connection:
            await seeding.seed(connection, resources, rows=ROWS)
    await engine.dispose()


async def _execute(server: Settings, statement: str) -> None:
    engine = create_async_engine(
        server.database.sqlalchemy_url, poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


def _settings(url: str) -> Settings:
    return Settings(
        database=PostgresqlSettings(url=SecretStr(url), acquire_timeout=5),
        environment="development",
        log_level="ERROR",
        public_base=None,
    )
