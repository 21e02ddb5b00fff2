"""Rows that each process has all of in memory, since they are asked for with every request.

PostgreSQL tells every process that listens when they change. Each looks every second as well: a connection can be lost
without a word. Where PostgreSQL is down nothing changes either, and what was there before is still known.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import Context
from typing import Any, ClassVar

from ..database import Database
from ..errors import Unavailable
from ..resilience.deadlines import ended

logger = logging.getLogger(__name__)

_PAUSE = 1.0
# Seconds after which everything is read anew, though nobody has said anything.
_READ_AGAIN = 60.0
# Seconds that a transaction may take to commit after it has changed a row: others see it only then.
_OVERLAP = dt.timedelta(seconds=15)
_BEGINNING = dt.datetime(1970, 1, 2, tzinfo=dt.UTC)


class Following(ABC):
    """`statement` gives rows that were changed after a moment, ordered by `changed_at` (by `clock_timestamp()`)."""

    channel: ClassVar[str]
    statement: ClassVar[str]

    def __init__(self, database: Database, changed: Callable[[], None] = lambda: None) -> None:
        """`changed` hears of it when there may be other rows."""
        self.database = database
        self._changed = changed
        self._newest: dt.datetime | None = None
        self._called = asyncio.Event()

    @abstractmethod
    def take(self, rows: Sequence[Any], *, all_of_them: bool) -> None:
        """What is not among all of them is there no more."""

    async def work(self) -> None:
        """What else is to be done every second or so."""
        return

    def check_known(self) -> None:
        """Raises Unavailable as long as nothing could be read."""
        if self._newest is None:
            raise Unavailable("tokens cannot be verified at the moment")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        try:
            await self._read(None)
        except Exception as error:
            logger.warning("no token is taken until %s can be read: %r", self.channel, error)
        work = [self._follow(), self._listen()]
        running = [asyncio.create_task(each, context=Context()) for each in work]
        try:
            yield
        finally:
            await ended(*running)

    async def _follow(self) -> None:
        """Reads what is new when somebody calls, or every second; and now and then everything."""
        loop = asyncio.get_running_loop()
        whole = loop.time() + _READ_AGAIN
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._called.wait(), _PAUSE)
            self._called.clear()
            is_whole = loop.time() >= whole
            try:
                await self._read(None if is_whole else self._newest)
                await self.work()
            except Exception as error:
                logger.warning("what is new in %s is not known: %r", self.channel, error)
                await asyncio.sleep(_PAUSE)
                continue
            if is_whole:
                whole = loop.time() + _READ_AGAIN

    async def _read(self, since: dt.datetime | None) -> None:
        rows = await self.database.rows(
            self.statement, (since - _OVERLAP if since else _BEGINNING,)
        )
        self.take(rows, all_of_them=since is None)
        newest = [row["changed_at"] for row in rows[-1:]]
        self._newest = max([*newest, since or _BEGINNING])
        if rows or since is None:
            self._changed()

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except Exception as error:
                logger.debug("nobody is heard of %s: %r", self.channel, error)
            await asyncio.sleep(_PAUSE)

    async def _hear(self) -> None:
        connection = await self.database.dedicated()
        lost = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(self.channel, self._heard)
            await lost.wait()
        finally:
            with suppress(Exception):
                await connection.close(timeout=1)

    def _heard(self, *_: object) -> None:
        self._called.set()
