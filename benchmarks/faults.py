"""What callers of a service have of a source that is full, silent, dead or lost, in seconds, beside the goals.

The faults are those of `tests/runtime/faults.py`; the tests hold their counts. The services are those of the tests:
the blog on PostgreSQL, the same with a cache in Redis, and the club, half of which is on MongoDB.

    python -m benchmarks.faults [postgresql mongodb redis] [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import text
from tests.runtime import faults
from tests.runtime.blog.settings import Settings
from tests.runtime.caching.blog import cache_in, serving_kept
from tests.runtime.caching.valkey import Valkey, running
from tests.runtime.documents import harness as club
from tests.runtime.documents.club.settings import Settings as ClubSettings
from tests.runtime.harness import Api, serving, settings_for

from terapin.runtime.core.database import Database
from terapin.runtime.core.embedded import development_postgres
from terapin.runtime.core.migrations import upgrade
from terapin.runtime.core.sources.base import Source


@dataclass(frozen=True)
class Figure:
    """`goal` is the most that it should be."""

    name: str
    value: float
    goal: float

    def __str__(self) -> str:
        missed = "" if self.value <= self.goal else "   MISSED"
        return f"  {self.name:60} {self.value:8.3f}   goal {self.goal:g}{missed}"


@contextmanager
def postgres() -> Any:
    with (
        tempfile.TemporaryDirectory() as folder,
        development_postgres(Path(folder), durable=True) as url,
    ):
        yield url


@asynccontextmanager
async def blog(url: str, *, seconds: float = 10, **database: Any) -> AsyncIterator[Api]:
    """`seconds` is the deadline of a request."""
    settings = settings_for(url, request_timeout=seconds, database=database)
    async with serving(settings) as api:
        faults.with_slow(api.app)
        yield api


class Bystander:
    """Asks another source all the time, to see what it has of the fault."""

    def __init__(self, settings: Settings) -> None:
        self._source = Database("other", settings.database, application="bystander")
        self._seconds: list[float] = []

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[None]:
        await self._source.open()
        task = asyncio.create_task(self._ask())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})
            await self._source.close()

    def p99(self) -> float:
        """Since it was last looked at."""
        seconds, self._seconds = sorted(self._seconds), []
        return seconds[int(0.99 * len(seconds))]

    async def _ask(self) -> None:
        while True:
            start = time.monotonic()
            async with self._source.session() as session:
                await session.execute(text("SELECT 1"))
            self._seconds.append(time.monotonic() - start)
            await asyncio.sleep(0.002)


async def full(url: str) -> list[Figure]:
    async with blog(url, pool_min=5, pool_max=5, acquire_timeout=0.25) as api:
        await faults.at_once(api, "/users", 10)
        # All callers share one processor with the service.
        crowd = (await faults.at_once(api, "/health/live", 200)).slowest
        load = await faults.losers(api)
        slowest = _slowest(load.failed) - crowd
        return [
            Figure("pool of 5, 200 callers: slowest 503, less the crowd's share", slowest, 0.3),
            Figure("  answered with neither 200 nor 503", _odd(load), 0),
            Figure("  connections missing afterwards", api.database.pool().used, 0),
        ]


async def silent(url: str) -> list[Figure]:
    with postgres() as other_url:
        bystander = Bystander(settings_for(other_url))
        async with blog(url, seconds=1, connect_timeout=0.5) as api, bystander.asking():
            server = await faults.postgres_of(api)
            async with faults.under_load(api, "/users", callers=12) as load:
                await asyncio.sleep(2)
                before = bystander.p99()
                with server.stopped():
                    await asyncio.sleep(4)
                    during = bystander.p99()
                healthy = await faults.healthy(api, "/users")
                await asyncio.sleep(0.5)
            return [
                Figure("stopped: slowest request beyond its deadline", load.slowest - 1, 0.25),
                Figure("  another source's p99, of what it was", during / before, 1.2),
                Figure("  healthy after it went on", healthy, 2),
            ]


async def dead(url: str) -> list[Figure]:
    async with blog(url, seconds=1) as api:
        server = await faults.postgres_of(api)
        try:
            async with faults.under_load(api, "/users", callers=12) as load:
                await asyncio.sleep(1)
                server.kill()
                await asyncio.sleep(2)
                server.start_again()
                healthy = await faults.healthy(api, "/users")
                recovered = time.monotonic()
                await asyncio.sleep(1)
        finally:
            server.end()
        late = [each for each in load.failed if each.at > recovered + 0.5]
        return [
            Figure("killed: slowest request beyond its deadline", load.slowest - 1, 0.25),
            Figure("  healthy after it was started again", healthy, 2),
            Figure("  errors afterwards", len(late), 0),
            Figure("  attempts a request", _attempts(api.database, load), 1.1),
        ]


async def lost(url: str) -> list[Figure]:
    async with blog(url) as api:
        await faults.at_once(api, "/users", 8)
        for _ in range(20):
            await faults.at_once(api, "/users", 8)
        load, ended = await faults.terminated(api, "/users", times=5)
        return [
            Figure(f"all connections lost, {ended} in all: failed reads", len(load.failed), 0),
            Figure("  slowest read", load.slowest, 1),
        ]


async def given_up(url: str) -> list[Figure]:
    async with blog(url, statement_timeout=30) as api:
        seconds = await faults.cancelled(api, requests=1000)
        return [Figure("1,000 callers left in mid-statement: pool and server whole", seconds, 2)]


async def colliding(url: str) -> list[Figure]:
    async with blog(url, retry_attempts=20, acquire_timeout=10) as api:
        start = time.monotonic()
        total, done = await faults.incremented(api)
        seconds = time.monotonic() - start
        await api.execute("DROP TABLE counted")
        return [
            Figure("32 serializable incrementers: missing from the sum", 32 - total, 0),
            Figure(f"  seconds ({done} attempts)", seconds, 10),
        ]


async def half_open(url: str) -> list[Figure]:
    async with blog(url, breaker_reset=1) as api:
        for _ in range(api.database.settings.breaker_failures):
            api.database.breaker.admit().failed()
        await asyncio.sleep(1)
        with api.statements() as sent:
            await faults.at_once(api, "/slow?seconds=0.5", 50)
        return [Figure("50 callers at half-open: reached the server", len(sent), 1)]


@asynccontextmanager
async def busy_club(
    settings: ClubSettings,
) -> AsyncIterator[tuple[club.Api, faults.Load, faults.Load]]:
    """Under load on MongoDB, and on PostgreSQL.

    With pauses: whoever is refused asks no more often than before, for all share one processor with the service.
    """
    async with club.serving(settings) as api:
        await faults.at_once(api, "/activities", 12)
        await faults.at_once(api, "/members", 12)
        async with (
            faults.under_load(api, "/activities", callers=12, pause=0.1) as load,
            faults.under_load(api, "/members", callers=4, pause=0.01) as others,
        ):
            yield api, load, others


async def silent_documents(settings: ClubSettings, server: faults.Process) -> list[Figure]:
    async with busy_club(settings) as (api, load, others):
        await asyncio.sleep(2)
        before, at = others.quantile(0.99), time.monotonic()
        with server.stopped():
            await asyncio.sleep(4)
            during = others.after(at).quantile(0.99)
        healthy = await faults.healthy(api, "/activities")
        await asyncio.sleep(0.5)
    return [
        Figure("stopped: slowest request beyond its deadline", load.slowest - 1, 0.25),
        Figure("  requests to another source: failed", len(others.failed), 0),
        Figure("  their p99, of what it was", during / before, 1.2),
        Figure("  healthy after it went on", healthy, 2),
        Figure("  attempts a request", _attempts(api.mongodb, load), 1.1),
    ]


async def dead_documents(settings: ClubSettings, server: faults.Process) -> list[Figure]:
    async with busy_club(settings) as (api, load, others):
        await asyncio.sleep(1)
        server.kill()
        await asyncio.sleep(2)
        server.start_again()
        # It is long in starting, which is nothing that the service could help.
        await faults.until(lambda: _listens(settings.activity_store.given_url))
        healthy = await faults.healthy(api, "/activities")
        recovered = time.monotonic()
        await asyncio.sleep(1)
    return [
        Figure("killed: slowest request beyond its deadline", load.slowest - 1, 0.25),
        Figure("  requests to another source: failed", len(others.failed), 0),
        Figure("  healthy after it listened again", healthy, 2),
        Figure("  errors afterwards", len(load.after(recovered + 0.5).failed), 0),
        Figure("  attempts a request", _attempts(api.mongodb, load), 1.1),
    ]


async def silent_cache(settings: Settings, server: Valkey) -> list[Figure]:
    # Not as fast as they can: what a read costs without a cache is another figure.
    async with serving_kept(settings, server) as api:
        await faults.at_once(api, "/users", 4)
        async with faults.under_load(api, "/users", callers=4, pause=0.02) as load:
            await asyncio.sleep(3)
            before, at = load.quantile(0.99), time.monotonic()
            server.pause()
            try:
                await asyncio.sleep(4)
                stopped = load.after(at)
            finally:
                server.resume()
            hit = await _hit(api)
    return [
        Figure(
            "stopped: p99 of kept reads, beyond what it was", stopped.quantile(0.99) - before, 0.05
        ),
        Figure("  slowest of them, beyond its deadline", stopped.slowest - 1, 0.25),
        Figure("  answered with 5xx", _broken(load), 0),
        Figure("  read again after it went on", hit, 2),
    ]


async def dead_cache(settings: Settings, server: Valkey) -> list[Figure]:
    async with (
        serving_kept(settings, server) as api,
        faults.under_load(api, "/users") as load,
    ):
        await asyncio.sleep(1)
        server.kill()
        await asyncio.sleep(2)
        server.start()
        hit = await _hit(api)
        await asyncio.sleep(1)
    return [
        Figure(f"killed: 5xx, of {len(load.answers)} answers", _broken(load), 0),
        Figure("  read again after it was started again", hit, 2),
    ]


def postgresql() -> list[Figure]:
    with postgres() as url:
        upgrade("tests.runtime.blog", settings_for(url))
        scenarios = (full, lost, given_up, colliding, half_open, silent, dead)
        return [figure for each in scenarios for figure in _run(each(url))]


def mongodb() -> list[Figure]:
    async def scenarios(url: str, server: club.MongodbServer) -> list[Figure]:
        given = club.settings_for(
            url, server.url, request_timeout=1, store={"connect_timeout": 0.5}
        )
        process = faults.Process(server.process.pid)
        async with club.prepared(given) as settings:
            try:
                return [
                    figure
                    for each in (silent_documents, dead_documents)
                    for figure in _shown(await each(settings, process))
                ]
            finally:
                process.end()

    with postgres() as url, tempfile.TemporaryDirectory() as folder:
        server = club.MongodbServer(folder)
        try:
            return asyncio.run(scenarios(url, server))
        finally:
            server.stop()


def redis() -> list[Figure]:
    with (
        postgres() as url,
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder)) as server,
    ):
        settings = settings_for(url, request_timeout=1)
        upgrade("tests.runtime.blog", settings)
        scenarios = (silent_cache, dead_cache)
        return [figure for each in scenarios for figure in _run(each(settings, server))]


SOURCES: dict[str, Callable[[], list[Figure]]] = {
    "postgresql": postgresql,
    "mongodb": mongodb,
    "redis": redis,
}


def _run(scenario: Coroutine[Any, Any, list[Figure]]) -> list[Figure]:
    return _shown(asyncio.run(scenario))


def _shown(figures: list[Figure]) -> list[Figure]:
    print(*figures, sep="\n", flush=True)
    return figures


async def _listens(url: str) -> bool:
    parts = urlsplit(url)
    try:
        _, writer = await asyncio.open_connection(parts.hostname, parts.port)
    except OSError:
        return False
    writer.close()
    return True


async def _hit(api: Api) -> float:
    """Seconds until an answer comes out of the cache."""
    counts = cache_in(api).counts
    before = counts.remote_hits

    async def is_hit() -> bool:
        return counts.remote_hits > before

    return await faults.until(is_hit)


def _attempts(source: Source[Any], load: faults.Load) -> float:
    return 1 + source.retry.budget.retries / len(load.answers)


def _broken(load: faults.Load) -> int:
    return sum(answer.status >= 500 for answer in load.answers)


def _slowest(answers: list[faults.Answer]) -> float:
    return max(answer.seconds for answer in answers)


def _odd(load: faults.Load) -> int:
    return sum(answer.status not in (200, 503) for answer in load.answers)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", nargs="*", default=list(SOURCES))
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    figures: dict[str, list[Figure]] = {}
    for name in arguments.sources:
        print(name)
        figures[name] = SOURCES[name]()
    if arguments.json:
        content = {name: [asdict(figure) for figure in each] for name, each in figures.items()}
        arguments.json.write_text(json.dumps(content, indent=2) + "\n")


if __name__ == "__main__":
    main()
