from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from terapin.runtime.core.embedded import development_postgres
from terapin.runtime.core.migrations import upgrade

from .blog.settings import Settings
from .harness import Api, database, listening, serving, settings_for

PACKAGE = "tests.runtime.blog"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Of `BLOG_DEV_POSTGRES_BIN`, as `blog dev` takes it, or of the wheel."""
    binaries = os.environ.get("BLOG_DEV_POSTGRES_BIN")
    directory = tmp_path_factory.mktemp("postgres")
    with development_postgres(
        directory, binaries=Path(binaries) if binaries else None, durable=False
    ) as url:
        yield settings_for(url)


@pytest.fixture(scope="session")
def migrated(server: Settings) -> Iterator[Settings]:
    """A database without rows, which those of the tests are copies of."""
    with asyncio.Runner() as runner:
        context = database(server)
        template = runner.run(context.__aenter__())
        upgrade(PACKAGE, template)
        yield template
        runner.run(context.__aexit__(None, None, None))


@pytest.fixture
async def settings(server: Settings, migrated: Settings) -> AsyncIterator[Settings]:
    async with database(server, migrated) as settings:
        yield settings


@pytest.fixture
async def api(settings: Settings) -> AsyncIterator[Api]:
    async with serving(settings) as api:
        yield api


@pytest.fixture
def url(server: Settings, migrated: Settings) -> Iterator[str]:
    """Of the blog, as a server."""
    with listening(server, migrated) as (_, url):
        yield url
