"""Where the rows of a service lie, brought up to date and filled: tables of its database, collections of MongoDB.

A service may have both, either, or none. What is said of a source is said to whoever typed the command.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from importlib import import_module
from typing import Any

from fastapi import FastAPI
from sqlalchemy import NullPool
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from . import seeding
from .errors import Unavailable
from .migrations import upgrade
from .resource import Resources
from .seeding import Progress
from .settings import ServiceSettings
from .sources.declared import Declared
from .sources.manager import Sources


class StoreError(Exception):
    """A store does not answer, or refuses; the message says so in a line."""


def stores(declared: Sequence[Declared[Any]]) -> list[Declared[Any]]:
    """The sources in which rows lie: what is to be migrated and filled."""
    return [each for each in declared if _has_tables([each]) or _has_collections([each])]


def migrate(
    package: str, settings: ServiceSettings, declared: Sequence[Declared[Any]]
) -> list[str]:
    """Says what is up to date. Not from inside an event loop."""
    done = []
    if _has_tables(declared):
        with told_of_database():
            upgrade(package, settings)
        done.append("the database is up to date")
    if _has_collections(declared):
        asyncio.run(prepare(settings, declared))
        done.append("the collections are up to date")
    return done


async def prepare(settings: ServiceSettings, declared: Sequence[Declared[Any]]) -> None:
    """Give collections their indexes and validators, which need no history."""
    if _has_collections(declared):
        with _told_of_mongodb(declared):
            async with _opened(settings, declared) as sources:
                await _documents().prepare(sources)


async def fill(
    settings: ServiceSettings,
    declared: Sequence[Declared[Any]],
    resources: Resources,
    *,
    rows: int,
    seed: int = 0,
    only_empty: bool = False,
    progress: Progress | None = None,
) -> list[str]:
    """Says what was added: nothing with `only_empty` if there are rows already.

    In the database all or nothing, and without the service's time limits.
    """
    with told_of_database(), _told_of_mongodb(declared):
        async with (
            _connected(settings, declared) as connection,
            _opened(settings, declared) as sources,
        ):
            if only_empty and await seeding.has_rows(connection, resources, sources=sources):
                return []
            made = await seeding.seed(
                connection, resources, sources=sources, rows=rows, seed=seed, progress=progress
            )
    places = ["tables"] * _has_tables(declared) + ["collections"] * _has_collections(declared)
    return [f"added {sum(made.values()):,} rows to {len(made)} {' and '.join(places)}"]


async def forget(app: FastAPI, caches: Sequence[Any]) -> None:
    """What its caches have kept: rows that are filled in go past the sessions that would tell them."""
    async with app.router.lifespan_context(app):
        with app.state.sources.current():
            for cache in caches:
                await cache.clear()


def _has_tables(declared: Sequence[Declared[Any]]) -> bool:
    return any(each.name == "database" for each in declared)


def _has_collections(declared: Sequence[Declared[Any]]) -> bool:
    return any(each.kind.kind == "mongodb" for each in declared)


@asynccontextmanager
async def _connected(
    settings: ServiceSettings, declared: Sequence[Declared[Any]]
) -> AsyncIterator[AsyncConnection | None]:
    if not _has_tables(declared):
        yield None
        return
    engine = create_async_engine(settings.database.sqlalchemy_url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            yield connection
    finally:
        await engine.dispose()


@asynccontextmanager
async def _opened(
    settings: ServiceSettings, declared: Sequence[Declared[Any]]
) -> AsyncIterator[Sources]:
    """Those that have collections; what a service would wait for is told instead."""
    sources = Sources([each for each in declared if _has_collections([each])], settings)
    async with AsyncExitStack() as stack:
        for source in sources:
            stack.push_async_callback(source.close)
            await source.open()
        yield sources


def _documents() -> Any:
    """Which a service has that has collections."""
    return import_module(".documents", __package__)


@contextmanager
def told_of_database() -> Iterator[None]:
    try:
        yield
    except (OSError, InterfaceError, OperationalError) as error:
        raise StoreError(f"the database does not answer: {_brief(error)}") from error
    except SQLAlchemyError as error:
        raise StoreError(f"the database refuses: {_brief(error)}") from error


@contextmanager
def _told_of_mongodb(declared: Sequence[Declared[Any]]) -> Iterator[None]:
    if not _has_collections(declared):
        yield
        return
    driver = import_module("pymongo.errors")
    try:
        yield
    except (Unavailable, driver.ConnectionFailure) as error:
        raise StoreError(f"MongoDB does not answer: {_brief(error)}") from error
    except driver.PyMongoError as error:
        raise StoreError(f"MongoDB refuses: {_brief(error)}") from error
    except _documents().CannotPrepareError as error:
        raise StoreError(str(error)) from None


def _brief(error: Exception) -> str:
    """Without what drivers append."""
    text = str(getattr(error, "orig", None) or getattr(error, "detail", None) or error)
    return re.split(r"\n| \(configured timeouts|, full error", text)[0]
