"""Where the rows of a service lie, brought up to date and filled: the tables of its database, and collections of MongoDB.

A service may have both, either, or none. What is said of a source is said to whoever typed the command.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from sqlalchemy import NullPool, select
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from .errors import Unavailable
from .migrations import upgrade
from .resource import Resources
from .seeding import Progress, seed
from .settings import ServiceSettings
from .sources.declared import Declared
from .sources.manager import Sources


class StoreError(Exception):
    """A store does not answer, or refuses; the message says so in a line."""


@dataclass(frozen=True, slots=True)
class Filling:
    """`only_empty` leaves alone what has rows already."""

    rows: int
    seed: int = 0
    only_empty: bool = False
    progress: Progress | None = None


def stores(declared: Sequence[Declared[Any]]) -> list[Declared[Any]]:
    """The sources in which rows lie: what is to be migrated and filled."""
    return [each for each in declared if _has_tables([each]) or _has_collections([each])]


def migrate(
    package: str, settings: ServiceSettings, declared: Sequence[Declared[Any]]
) -> list[str]:
    """Says what is up to date. Not from inside an event loop."""
    done = []
    if _has_tables(declared):
        with _told_of_database():
            upgrade(package, settings)
        done.append("the database is up to date")
    if _has_collections(declared):
        asyncio.run(prepare(settings, declared))
        done.append("the collections are up to date")
    return done


async def prepare(settings: ServiceSettings, declared: Sequence[Declared[Any]]) -> None:
    """Give collections their indexes and validators, which need no history."""
    collections = [each for each in declared if _has_collections([each])]
    if collections:
        with _told_of_mongodb():
            async with Sources(collections, settings) as sources:
                await _documents().prepare(sources)


async def fill(
    settings: ServiceSettings,
    declared: Sequence[Declared[Any]],
    resources: Resources,
    filling: Filling,
) -> list[str]:
    """Says what was added. Tables come first, for the others to refer to."""
    done = []
    if _has_tables(declared):
        with _told_of_database():
            done += _added(await _fill_tables(settings, resources, filling), "row", "table")
    if _has_collections(declared):
        with _told_of_mongodb():
            made = await _fill_collections(settings, declared, resources, filling)
            done += _added(made, "document", "collection")
    return done


def _has_tables(declared: Sequence[Declared[Any]]) -> bool:
    return any(each.name == "database" for each in declared)


def _has_collections(declared: Sequence[Declared[Any]]) -> bool:
    return any(each.kind.kind == "mongodb" for each in declared)


async def _fill_tables(
    settings: ServiceSettings, resources: Resources, filling: Filling
) -> Mapping[str, int]:
    """Without the service's time limits."""
    engine = create_async_engine(settings.database.sqlalchemy_url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            if filling.only_empty and await _has_rows(connection, resources):
                return {}
            return await seed(
                connection,
                resources,
                rows=filling.rows,
                seed=filling.seed,
                progress=filling.progress,
            )
    finally:
        await engine.dispose()


async def _has_rows(connection: AsyncConnection, resources: Resources) -> bool:
    for resource in resources:
        if (await connection.execute(select(resource.table).limit(1))).first():
            return True
    return False


async def _fill_collections(
    settings: ServiceSettings,
    declared: Sequence[Declared[Any]],
    resources: Resources,
    filling: Filling,
) -> Mapping[str, int]:
    async with Sources(declared, settings) as sources:
        if filling.only_empty and await _documents().has_documents(sources, resources):
            return {}
        made: Mapping[str, int] = await _documents().seed_documents(
            sources, resources, rows=filling.rows, seed=filling.seed, progress=filling.progress
        )
        return made


def _documents() -> Any:
    """Which a service has that has collections."""
    return import_module(".documents", __package__)


def _added(made: Mapping[str, int], thing: str, place: str) -> list[str]:
    return [f"added {sum(made.values()):,} {thing}s to {len(made)} {place}s"] if made else []


@contextmanager
def _told_of_database() -> Iterator[None]:
    try:
        yield
    except (OSError, InterfaceError, OperationalError) as error:
        raise StoreError(f"the database does not answer: {_brief(error)}") from error
    except SQLAlchemyError as error:
        raise StoreError(f"the database refuses: {_brief(error)}") from error


@contextmanager
def _told_of_mongodb() -> Iterator[None]:
    errors = import_module("pymongo.errors")
    try:
        yield
    except (OSError, Unavailable, errors.ConnectionFailure) as error:
        raise StoreError(f"MongoDB does not answer: {_brief(error)}") from error
    except errors.PyMongoError as error:
        raise StoreError(f"MongoDB refuses: {_brief(error)}") from error


def _brief(error: Exception) -> str:
    """Without what drivers append."""
    text = str(getattr(error, "orig", None) or getattr(error, "detail", None) or error)
    return re.split(r"\n| \(configured timeouts|, full error", text)[0]
