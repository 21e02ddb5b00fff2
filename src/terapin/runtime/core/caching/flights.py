"""One piece of work for all that ask for the same at the same time; nobody fails because another left."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from ..resilience.deadlines import DeadlineExceededError, remaining, within, without_deadline
from .entries import Entry


@dataclass(frozen=True, slots=True)
class Outcome:
    """`settled` says that the entry was right when the work ended, and not only when it began."""

    entry: Entry
    settled: bool


Work = Callable[[], Coroutine[Any, Any, Outcome]]


class Flights:
    """One at a time of a key, each bounded by `limit` seconds, however long its callers have."""

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._flights: dict[str, _Flight] = {}
        self._numbers = itertools.count()

    async def share(self, key: str, work: Work) -> Entry:
        """What was read before this call may be of before a change that the caller knows of.

        So the result of work that had begun already is taken only if it is settled.
        """
        asked = next(self._numbers)
        while True:
            flight = self._flights.get(key) or self._begin(key, work)
            await self._landed(key, flight)
            if flight.number > asked or flight.settled:
                return flight.task.result().entry

    def _begin(self, key: str, work: Work) -> _Flight:
        """In a task of its own, which no caller's end ends."""
        bounded = within(work(), self._limit)
        task = asyncio.create_task(bounded, context=without_deadline())
        flight = self._flights[key] = _Flight(next(self._numbers), task)
        task.add_done_callback(lambda _: self._remove(key, flight))
        return flight

    async def _landed(self, key: str, flight: _Flight) -> None:
        flight.waiting += 1
        try:
            seconds = remaining(self._limit)
            done, _ = await asyncio.wait({flight.task}, timeout=seconds)
        finally:
            flight.waiting -= 1
            if not flight.waiting and not flight.task.done():
                self._remove(key, flight)
                flight.task.cancel()
        if not done:
            raise DeadlineExceededError(seconds)

    def _remove(self, key: str, flight: _Flight) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]


class _Flight:
    """Given up when nobody waits for it any more."""

    def __init__(self, number: int, task: asyncio.Task[Outcome]) -> None:
        self.number = number
        self.task = task
        self.waiting = 0
        task.add_done_callback(_seen)

    @property
    def settled(self) -> bool:
        return self.task.exception() is None and self.task.result().settled


def _seen(task: asyncio.Task[Outcome]) -> None:
    """An error that nobody waits for any more is nobody's."""
    if not task.cancelled():
        task.exception()
