"""Invalidations on their way to Redis: what cannot be sent waits, and nothing is read past it."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable

from ..resilience.deadlines import ended, without_deadline
from .tags import EVERYTHING

logger = logging.getLogger(__name__)

# Beyond so many words everything is forgotten instead.
LIMIT = 10_000
_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 1.0


class AwayError(Exception):
    """Redis cannot be asked at present."""


class Outbox:
    """`send` is tried until it succeeds, with all that has come together meanwhile."""

    def __init__(
        self, send: Callable[[Collection[str]], Awaitable[None]], *, limit: int = LIMIT
    ) -> None:
        self._send = send
        self._limit = limit
        self._waiting: dict[str, int] = {}
        self._numbers = itertools.count()
        self._failing = False
        self._tried = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, tags: Iterable[str]) -> None:
        for tag in tags:
            self._waiting[tag] = next(self._numbers)
        if len(self._waiting) > self._limit:
            logger.warning("too many invalidations wait for Redis: everything is invalidated")
            self._waiting = {EVERYTHING: next(self._numbers)}
        if self._waiting and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._run(), context=without_deadline())

    def holds(self, tags: frozenset[str]) -> bool:
        return EVERYTHING in self._waiting or not tags.isdisjoint(self._waiting)

    async def sent(self, tags: frozenset[str]) -> None:
        """Returns when none of them waits any more. Raises AwayError once they could not be sent."""
        while self.holds(tags):
            if self._failing:
                raise AwayError
            await self._tried.wait()

    async def close(self) -> None:
        """After one more attempt."""
        if self._task is not None:
            await ended(self._task)
        if self._waiting:
            await self._try()

    async def _run(self) -> None:
        pause = _FIRST_PAUSE
        while self._waiting:
            await self._try()
            if self._failing:
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                pause = _FIRST_PAUSE

    async def _try(self) -> None:
        batch = dict(self._waiting)
        try:
            await self._send(batch)
        except AwayError:
            self._failing = True
        else:
            self._failing = False
            for tag, number in batch.items():
                # What was said again meanwhile has to be sent again.
                if self._waiting.get(tag) == number:
                    del self._waiting[tag]
        tried, self._tried = self._tried, asyncio.Event()
        tried.set()
