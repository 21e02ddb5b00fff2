"""The service on real servers, which all tests share: each test has databases of its own.

The servers are embedded ones, or those of `<PREFIX>TEST_<SOURCE>_URL`.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from .api import Api
from .databases import own_databases
from .service import Settings, create_app, embedded, resources, sources, stores

PACKAGE = create_app.__module__.rpartition(".")[0]
ROWS = 12


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """With the URL of a server for each source."""
    settings = Settings(environment="development", log_level="ERROR", public_base=None)
    base = tmp_path_factory.getbasetemp()
    # The workers of pytest-xdist share the servers.
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    served = {}
    with ExitStack() as stack:
        for source in sources:
            url = os.environ.get(Settings.variable("test", source.name, "url"))
            url = url or stack.enter_context(_embedded(source.kind.kind, shared))
            served[source.name] = getattr(settings, source.name).model_copy(
                update={"url": SecretStr(url), "acquire_timeout": 5}
            )
        if "tasks" in Settings.model_fields:
            url = os.environ.get(Settings.variable("test", "tasks", "url"))
            url = url or stack.enter_context(_embedded("redis", shared))
            served["tasks"] = _without_relay(settings, SecretStr(url))
        if "security" in Settings.model_fields:
            served["security"] = _with_secret(settings)
        yield settings.model_copy(update=served)


def _without_relay(settings: Settings, url: SecretStr) -> Any:
    """What is sent stays where it is: no worker gets it."""
    tasks: Any = vars(settings)["tasks"]
    return tasks.model_copy(update={"broker_url": url, "results_url": url, "relay": False})


def _with_secret(settings: Settings) -> Any:
    """Nobody else is asked for keys."""
    security: Any = vars(settings)["security"]
    secret = SecretStr(secrets.token_urlsafe(48))
    return security.model_copy(update={"secret": secret, "jwks": None, "algorithms": ()})


@pytest.fixture(scope="session")
async def empty(server: Settings) -> AsyncIterator[Settings]:
    """Databases with nothing in them, which become the template."""
    async with own_databases(server) as databases:
        yield databases


@pytest.fixture(scope="session")
def migrated(empty: Settings) -> Settings:
    """The template of the others: databases without rows."""
    stores.migrate(PACKAGE, empty, sources)
    return empty


@pytest.fixture
async def database(server: Settings, migrated: Settings) -> AsyncIterator[Settings]:
    async with _databases(server, migrated) as databases:
        yield databases


@pytest.fixture
async def own_api(database: Settings) -> AsyncIterator[Api]:
    """The service on an empty database of the test's own."""
    async with _serving(database) as api:
        yield api


@pytest.fixture
async def own_guarded_api(database: Settings) -> AsyncIterator[Api]:
    """The same, to those who may do no more than they are allowed to."""
    async with _serving(database, guarded=True) as api:
        yield api


@pytest.fixture
def client(own_api: Api) -> httpx.AsyncClient:
    return own_api.client


@pytest.fixture(scope="session")
async def _empty(server: Settings, migrated: Settings) -> AsyncIterator[Settings]:
    async with _databases(server, migrated) as database:
        yield database


@pytest.fixture(scope="session")
async def _empty_api(_empty: Settings) -> AsyncIterator[Api]:
    async with _serving(_empty) as api:
        yield api


@pytest.fixture(scope="session")
async def guarded_api(_empty: Settings) -> AsyncIterator[Api]:
    """The service on the rows of `api`, to those who may do no more than they are allowed to."""
    async with _serving(_empty, guarded=True) as api:
        yield api


@pytest.fixture
async def api(_empty_api: Api) -> AsyncIterator[Api]:
    """The service on an empty database, which it is again after the test."""
    yield _empty_api
    await _empty_api.remove_created()


@pytest.fixture(scope="session")
async def filled_api(server: Settings, migrated: Settings) -> AsyncIterator[Api]:
    """The service on a database with rows in every table, for tests that only read."""
    async with _databases(server, migrated) as database:
        await _fill(database)
        async with _serving(database) as api:
            yield api


@asynccontextmanager
async def _databases(server: Settings, migrated: Settings) -> AsyncIterator[Settings]:
    async with own_databases(server, migrated) as databases:
        await stores.prepare(databases, sources)
        yield databases


@asynccontextmanager
async def _serving(database: Settings, *, guarded: bool = False) -> AsyncIterator[Api]:
    app = create_app(database)
    if not guarded:
        _open(app)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://service.test") as client,
    ):
        yield Api(app, client)


def _open(app: FastAPI) -> None:
    """What nobody asks for, the service does for itself, which may do everything: tests are about what it then does."""
    guards = [each for each in app.user_middleware if getattr(each.cls, "__name__", "") == "around"]
    for each in guards:
        app.user_middleware.remove(each)


async def _fill(database: Settings) -> None:
    """In two turns: only the second finds rows for references that go round in a circle."""
    for _ in range(2):
        await stores.fill(database, sources, resources, rows=ROWS)


def _embedded(kind: str, shared: Path) -> AbstractContextManager[str]:
    """One for all sources of a kind."""
    postgres = os.environ.get(Settings.variable("dev_postgres_bin"))
    return embedded.development_server(kind, shared / kind, durable=False, postgres=postgres)
