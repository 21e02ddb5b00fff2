from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import httpx
import pytest
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import create_async_engine

from terapin.runtime.core.embedded import development_postgres
from terapin.runtime.core.seeding import seed
from terapin.runtime.core.sources.manager import Sources

from .club import service
from .club.endpoints import resources
from .club.settings import Settings
from .club.sources import sources as declared
from .harness import Api, MongodbServer, prepared, serving, settings_for

sys.modules["terapin.runtime.tests.service"] = service

from terapin.runtime.tests import api as common  # noqa: E402

ROWS = 12


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with development_postgres(tmp_path_factory.mktemp("postgres"), durable=False) as url:
        yield url


@pytest.fixture(scope="session")
def mongodb() -> Iterator[str]:
    server = MongodbServer()
    yield server.url
    server.stop()


@pytest.fixture
async def club(postgresql: str, mongodb: str) -> AsyncIterator[Api]:
    """The club on databases of the test's own."""
    async with prepared(settings_for(postgresql, mongodb)) as settings, serving(settings) as club:
        yield club


@pytest.fixture
def client(club: Api) -> httpx.AsyncClient:
    return club.client


@pytest.fixture(scope="session")
def shared(postgresql: str, mongodb: str) -> Iterator[Settings]:
    """Databases with nothing in them, which is so again after each test."""
    with preparing(postgresql, mongodb) as (settings, _):
        yield settings


@pytest.fixture
async def api(shared: Settings) -> AsyncIterator[common.Api]:
    """As the tests that each service gets know it."""
    async with serving(shared) as club:
        api = common.Api(club.app, club.client)
        yield api
        await api.remove_created()


@pytest.fixture(scope="session")
def filled(postgresql: str, mongodb: str) -> Iterator[Settings]:
    """Databases with rows in every table and collection."""
    with preparing(postgresql, mongodb) as (settings, runner):
        runner.run(fill(settings))
        yield settings


@contextmanager
def preparing(postgresql: str, mongodb: str) -> Iterator[tuple[Settings, asyncio.Runner]]:
    with asyncio.Runner() as runner:
        context = prepared(settings_for(postgresql, mongodb))
        yield runner.run(context.__aenter__()), runner
        runner.run(context.__aexit__(None, None, None))


@pytest.fixture
async def filled_api(filled: Settings) -> AsyncIterator[common.Api]:
    """For tests that only read."""
    async with serving(filled) as club:
        yield common.Api(club.app, club.client)


async def fill(settings: Settings) -> None:
    """In two turns: only the second finds rows for references that go round in a circle."""
    engine = create_async_engine(settings.database.sqlalchemy_url, poolclass=NullPool)
    async with Sources(declared, settings) as sources:
        for _ in range(2):
            async with engine.begin() as connection:
                await seed(connection, resources, sources=sources, rows=ROWS)
    await engine.dispose()
