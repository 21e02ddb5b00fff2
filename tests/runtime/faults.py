"""What is done to a server, and what the callers of a service have of it.

The tests hold the counts, `benchmarks.faults` prints the times.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import httpx
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from terapin.runtime.core.database import Session

from .harness import Api

# For which nobody should wait: a test that needs so long has failed.
FOREVER = 30.0

# How long a server says nothing: much longer than any request may wait for it.
STOPPED = 8.0


class Served(Protocol):
    """A service, whichever it is."""

    client: httpx.AsyncClient


@dataclass(frozen=True)
class Answer:
    """`at` is when it was given, `seconds` how long that took."""

    status: int
    at: float
    seconds: float
    response: httpx.Response


@dataclass
class Load:
    """What became of the requests of some callers."""

    answers: list[Answer] = field(default_factory=list)

    def of(self, status: int) -> list[Answer]:
        return [answer for answer in self.answers if answer.status == status]

    @property
    def failed(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.status != 200]

    @property
    def slowest(self) -> float:
        return max((answer.seconds for answer in self.answers), default=0.0)

    def after(self, at: float) -> Load:
        """What was asked since then."""
        return Load([each for each in self.answers if each.at - each.seconds >= at])

    def quantile(self, share: float) -> float:
        seconds = sorted(answer.seconds for answer in self.answers)
        return seconds[min(len(seconds) - 1, int(share * len(seconds)))]


async def get(api: Served, path: str) -> Answer:
    start = time.monotonic()
    response = await api.client.get(path)
    now = time.monotonic()
    return Answer(response.status_code, now, now - start, response)


async def at_once(api: Served, path: str, callers: int) -> Load:
    return Load(await asyncio.gather(*(get(api, path) for _ in range(callers))))


@asynccontextmanager
async def under_load(
    api: Served, path: str, callers: int = 8, pause: float = 0
) -> AsyncIterator[Load]:
    """Each of the callers asks again `pause` seconds after it is answered, as long as the block runs."""
    load, over = Load(), False

    async def call() -> None:
        while not over:
            answer = await get(api, path)
            load.answers.append(answer)
            # Who is refused does not ask a thousand times a second.
            await asyncio.sleep(pause if answer.status == 200 else max(pause, 0.005))

    tasks = [asyncio.create_task(call()) for _ in range(callers)]
    try:
        yield load
    finally:
        over = True
        await asyncio.gather(*tasks)


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = FOREVER) -> float:
    """How long it takes until it holds; TimeoutError if that is too long."""
    start = time.monotonic()
    while not await condition():
        if time.monotonic() > start + seconds:
            raise TimeoutError
        await asyncio.sleep(0.01)
    return time.monotonic() - start


async def healthy(api: Served, path: str) -> float:
    """Seconds until the path is answered."""

    async def answered() -> bool:
        return (await get(api, path)).status == 200

    return await until(answered)


def with_slow(app: FastAPI) -> None:
    """An endpoint whose statement takes as long as it is told to."""

    @app.get("/slow")
    async def slow(session: Session, seconds: float) -> str:
        await session.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": seconds})
        return "done"


class Process:
    """A server's, with its children."""

    def __init__(self, pid: int) -> None:
        home = Path(f"/proc/{pid}")
        self.pid = pid
        self._command = (home / "cmdline").read_bytes().rstrip(b"\0").split(b"\0")
        self._program = (home / "exe").readlink()
        self._owner = home.stat()
        self._again: subprocess.Popen[bytes] | None = None

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """It keeps its connections and says nothing."""
        processes = [self.pid, *_children(self.pid)]
        _send(signal.SIGSTOP, processes)
        try:
            yield
        finally:
            _send(signal.SIGCONT, processes)

    def kill(self) -> None:
        _send(signal.SIGKILL, [*_children(self.pid), self.pid])
        # As long as nobody has asked how a child ended, it counts as running.
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)

    def start_again(self) -> None:
        """As it was started before, with the same data and the same port."""
        self._again = subprocess.Popen(
            self._command,
            executable=self._program,
            cwd="/",
            user=self._owner.st_uid,
            group=self._owner.st_gid,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.pid = self._again.pid

    def end(self) -> None:
        """Only what was started here."""
        if self._again:
            self._again.send_signal(signal.SIGINT)
            self._again.wait()


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/status").read_text().partition("PPid:")[2].split()[0])


def _send(kind: signal.Signals, processes: list[int]) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, kind)


async def postgres_of(api: Api) -> Process:
    """The parent of whatever answers."""
    async with api.database.session() as session:
        backend = await session.scalar(text("SELECT pg_backend_pid()"))
    return Process(_parent(int(backend or 0)))


# The pool.


async def losers(api: Api, callers: int = 200) -> Load:
    """More callers of a slow statement than there are connections."""
    return await at_once(api, "/slow?seconds=1", callers)


# Connections that are lost.


async def terminate(api: Api) -> int:
    """All connections to the database but the one that does it; how many there were."""
    async with api.database.session() as session:
        ended = await session.scalar(
            text(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    return int(ended or 0)


async def terminated(api: Api, path: str, times: int = 5, callers: int = 8) -> tuple[Load, int]:
    """Under load, so many times; how many connections that were."""
    ended = 0
    async with under_load(api, path, callers) as load:
        for _ in range(times):
            await asyncio.sleep(0.3)
            ended += await terminate(api)
        await asyncio.sleep(0.3)
    return load, ended


# Callers that leave.


async def busy(api: Api) -> int:
    """Statements that the server is at, but for the one that asks."""
    async with api.database.session() as session:
        count = await session.scalar(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND state <> 'idle'"
            )
        )
    return int(count or 0)


async def cancelled(api: Api, requests: int = 1000) -> float:
    """Requests given up in mid-statement; seconds until the pool and the server are as before."""
    limit = api.database.pool().limit
    with api.statements() as sent:

        async def reached(count: int) -> None:
            async def all_have() -> bool:
                return len(sent) == count

            await until(all_have)

        for begun in range(0, requests, limit):
            count = min(limit, requests - begun)
            tasks = [asyncio.create_task(api.client.get("/slow?seconds=20")) for _ in range(count)]
            await reached(begun + count)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def baseline() -> bool:
        return api.database.pool().used == 0 and await busy(api) == 0

    return await until(baseline)


# Transactions that collide.


async def incremented(api: Api, callers: int = 32, times: int = 1) -> tuple[int, int]:
    """Callers that read a number and write the next; what it comes to, and how often work was done."""
    await api.execute("CREATE TABLE counted (n int NOT NULL)")
    await api.execute("INSERT INTO counted VALUES (0)")
    done = 0

    async def increment(session: AsyncSession) -> None:
        nonlocal done
        done += 1
        n = await session.scalar(text("SELECT n FROM counted"))
        await session.execute(text("UPDATE counted SET n = :n"), {"n": (n or 0) + 1})

    async def call() -> None:
        for _ in range(times):
            await api.database.transaction(increment, isolation="SERIALIZABLE")

    await asyncio.gather(*(call() for _ in range(callers)))
    async with api.database.session() as session:
        return int(await session.scalar(text("SELECT n FROM counted")) or 0), done
