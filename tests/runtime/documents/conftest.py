from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from terapin.runtime.core.embedded import development_postgres

from .harness import Api, MongodbServer, prepared, serving, settings_for


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
