"""What deadlines, breakers and retries cost where nothing goes wrong, and what it is worth to ask at once.

Everything is measured in turns on one PostgreSQL.

    python -m benchmarks.resilience [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from tests.runtime.harness import settings_for

from terapin.runtime.core.database import Database
from terapin.runtime.core.embedded import development_postgres
from terapin.runtime.core.sources.declared import Declared
from terapin.runtime.core.sources.manager import Sources
from terapin.runtime.core.sources.queries import query

ROUNDS = 15
CALLS = 200

database = Declared("database", Database)
Work = Callable[[], Awaitable[object]]


async def nothing() -> None:
    """As fast as a call can be."""


async def select(connection: AsyncConnection) -> int:
    return int((await connection.execute(text("SELECT 1"))).scalar_one())


async def wait(connection: AsyncConnection) -> None:
    """On the server, without work for its processor."""
    await connection.execute(text("SELECT pg_sleep(0.005)"))


async def count(connection: AsyncConnection) -> int:
    """Some milliseconds of work for a processor of the server."""
    statement = text("SELECT count(*) FROM generate_series(1, 30000)")
    return int((await connection.execute(statement)).scalar_one())


async def seconds(work: Work, calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        await work()
    return (time.perf_counter() - start) / calls


async def in_turns(sides: dict[str, Work], calls: int) -> dict[str, float]:
    samples: dict[str, list[float]] = {name: [] for name in sides}
    for work in sides.values():
        await seconds(work, calls // 10 + 1)
    for _ in range(ROUNDS):
        for name, work in sides.items():
            samples[name].append(await seconds(work, calls))
    return {name: statistics.median(each) for name, each in samples.items()}


def connecting(engine: AsyncEngine) -> Work:
    async def run() -> int:
        async with engine.connect() as connection:
            return await select(connection)

    return run


def together(sources: Sources, function: Callable[[AsyncConnection], Awaitable[Any]]) -> Work:
    queries = [query(database, function) for _ in range(4)]

    async def run() -> None:
        results = await sources.run(*queries, within=10)
        assert not results.failures

    return run


def in_sequence(sources: Sources, function: Callable[[AsyncConnection], Awaitable[Any]]) -> Work:
    engine = sources[database].engine

    async def run() -> None:
        for _ in range(4):
            async with engine.connect() as connection:
                await function(connection)

    return run


async def measure(url: str) -> dict[str, dict[str, float]]:
    settings = settings_for(url)
    plain = create_async_engine(settings.database.sqlalchemy_url, pool_pre_ping=True)
    async with Sources([database], settings, application="benchmark") as sources:
        source = sources[database]
        prepared = await (await source._connect()).prepare("SELECT 1")
        figures = {
            "a call": await in_turns(
                {"bare": nothing, "guarded": lambda: source.call(nothing)}, CALLS * 10
            ),
            "a statement": await in_turns(
                {"SQLAlchemy's pool": connecting(plain), "ours": connecting(source.engine)}, CALLS
            ),
            "past SQLAlchemy": await in_turns(
                {"asyncpg's own": prepared.fetchval, "ours": lambda: source.rows("SELECT 1")},
                CALLS,
            ),
            "4 queries that wait": await in_turns(
                {
                    "in sequence": in_sequence(sources, wait),
                    "at once": together(sources, wait),
                },
                10,
            ),
            "4 queries that work": await in_turns(
                {
                    "in sequence": in_sequence(sources, count),
                    "at once": together(sources, count),
                },
                10,
            ),
        }
    await plain.dispose()
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        development_postgres(Path(folder), durable=False) as url,
    ):
        figures = asyncio.run(measure(url))
    for name, sides in figures.items():
        (first, before), (second, after) = sides.items()
        print(
            f"{name:20} {first} {before * 1e6:8.1f} µs   {second} {after * 1e6:8.1f} µs"
            f"   {after - before:+.6f} s, {after / before:.2f} of it"
        )
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
