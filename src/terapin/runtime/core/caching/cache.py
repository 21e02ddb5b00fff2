"""The cache of an application: an answer is taken from where it is kept, and made once where it is not."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ..resilience.deadlines import DeadlineExceededError, ended, without_deadline
from ..resource import Resources
from ..sources.redis import Redis
from .entries import MAX_BYTES, Entry, Lifetime, Question
from .flights import Flights, Outcome
from .listener import Listener
from .local import Local, Watch
from .outbox import AwayError, Outbox
from .remote import LEASE, Found, Remote

# Between two looks whether the process that loads has come to an end, in seconds.
_FIRST_PAUSE = 0.005
_LONGEST_PAUSE = 0.05


@dataclass(slots=True)
class Counts:
    """Since the process started."""

    local_hits: int = 0
    remote_hits: int = 0
    misses: int = 0
    loads: int = 0
    stale: int = 0
    invalidations: int = 0
    errors: int = 0


class Cache:
    """In the memory of the process only; `SharedCache` is that of all processes.

    `is_outage` knows the errors of sources that are down, `limit` bounds a load in seconds.
    """

    def __init__(
        self,
        name: str,
        lifetime: Lifetime,
        *,
        is_outage: Callable[[BaseException], bool],
        limit: float,
    ) -> None:
        self.name = name
        self.lifetime = lifetime
        self.counts = Counts()
        # Of the application, where it has some.
        self.resources: Resources | None = None
        self.local = Local()
        self.local.trusted_until = float("inf")
        self._is_outage = is_outage
        self._limit = limit
        self._flights = Flights(limit)

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    def identity(self) -> Sequence[Any]:
        """Of those who may see what somebody else has asked for; empty where that is everybody."""
        guard = self.resources.guard if self.resources is not None else None
        return () if guard is None else (guard.identity(),)

    @property
    def unsent(self) -> int:
        """Invalidations that no other process has heard of yet."""
        return 0

    def kept(self, key: str) -> Entry | None:
        """What is in memory, at once."""
        entry = self.local.get(key)
        if entry is not None:
            self.counts.local_hits += 1
        return entry

    async def get(self, question: Question) -> Entry:
        entry = self.kept(question.key)
        if entry is not None:
            return entry
        return await self._flights.share(question.key, lambda: self._answer(question))

    async def announce(self, tags: frozenset[str], word: str) -> None:
        """Before a change takes effect. It is followed by `invalidate` with the same word, unless this process dies."""

    def invalidate(self, tags: frozenset[str], announced: str | None = None) -> None:
        """At once in this process; `invalidated` waits for the others."""
        self.counts.invalidations += len(tags)
        self.local.invalidate(tags)

    async def invalidated(self, tags: frozenset[str]) -> None: ...

    async def _answer(self, question: Question) -> Outcome:
        with self.local.watching(question.tags) as watch:
            self.counts.misses += 1
            try:
                entry = await self._load(question)
            except Exception as error:
                return self._stale(error, self.local.stale(question.key))
            lifetime = question.lifetime.of(entry)
            if len(entry.body) <= MAX_BYTES:
                self.local.put(
                    question.key, entry, watch, ttl=lifetime.ttl, stale_for=lifetime.stale_for
                )
            return Outcome(entry, settled=not watch.broken)

    async def _load(self, question: Question) -> Entry:
        self.counts.loads += 1
        return await question.load()

    def _stale(self, error: Exception, entry: Entry | None) -> Outcome:
        """What is past its time is better than nothing, but not than an answer that is an error."""
        if entry is None or not self._is_outage(error):
            raise error
        self.counts.stale += 1
        return Outcome(entry, settled=True)


class SharedCache(Cache):
    """In Redis, and for `local_ttl` seconds in memory. While Redis is away, each process makes its answers itself."""

    def __init__(
        self,
        name: str,
        lifetime: Lifetime,
        *,
        source: Redis,
        namespace: str,
        version: str,
        local_ttl: float,
        is_outage: Callable[[BaseException], bool],
        limit: float,
    ) -> None:
        super().__init__(name, lifetime, is_outage=is_outage, limit=limit)
        self.local.trusted_until = 0.0
        self._local_ttl = local_ttl
        self._remote = Remote(source, namespace, version)
        self._outbox = Outbox(self._send)
        self._done: set[str] = set()
        self._listener = Listener(source, self._remote.channel, self.local)
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        if self._local_ttl > 0:
            self._aside(self._listener.run())

    async def close(self) -> None:
        await self._outbox.close()
        await self._remote.close()
        await ended(*self._tasks)

    @property
    def unsent(self) -> int:
        return len(self._outbox)

    async def announce(self, tags: frozenset[str], word: str) -> None:
        try:
            await self._remote.announce(tags, word)
        except (AwayError, DeadlineExceededError):
            self.counts.errors += 1

    def invalidate(self, tags: frozenset[str], announced: str | None = None) -> None:
        super().invalidate(tags)
        if announced is not None:
            self._done.add(announced)
        self._outbox.add(tags)

    async def invalidated(self, tags: frozenset[str]) -> None:
        """If Redis answers. What it cannot be told now, it is before this process asks for what that concerns."""
        try:
            await self._remote.patiently(self._outbox.sent(tags))
        except (AwayError, DeadlineExceededError):
            self.counts.errors += 1

    async def _send(self, tags: Collection[str]) -> None:
        done = [*self._done]
        await self._remote.invalidate(tags, done)
        self._done.difference_update(done)

    async def _answer(self, question: Question) -> Outcome:
        with self.local.watching(question.tags) as watch:
            try:
                if self._outbox.holds(question.tags):
                    await self._remote.patiently(self._outbox.sent(question.tags))
                found = await self._turn(question)
            except (AwayError, DeadlineExceededError):
                self.counts.errors += 1
                return Outcome(await self._load(question), settled=False)
            if found.entry is None or found.seconds <= 0:
                self.counts.misses += 1
                return await self._make(question, found, watch)
            self.counts.remote_hits += 1
            self._keep(question, found.entry, watch, found.seconds)
            return Outcome(found.entry, settled=False)

    async def _turn(self, question: Question) -> Found:
        """Waits for the process that makes the answer, as long as it is at it and there is time."""
        pause = _FIRST_PAUSE
        enough = time.monotonic() + self._limit / 2
        while True:
            found = await self._remote.fetch(question)
            if found.given or found.seconds > 0 or time.monotonic() > enough:
                return found
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)

    async def _make(self, question: Question, found: Found, watch: Watch) -> Outcome:
        holding = self._aside(self._hold(question, found))
        try:
            entry = await self._load(question)
        except BaseException as error:
            self._aside(self._give_back(question, found))
            if not isinstance(error, Exception):
                raise
            return self._stale(error, found.entry)
        finally:
            holding.cancel()
        return await self._store(question, found, entry, watch)

    async def _store(self, question: Question, found: Found, entry: Entry, watch: Watch) -> Outcome:
        lifetime = question.lifetime.of(entry)
        if lifetime.ttl <= 0 or len(entry.body) > MAX_BYTES:
            self._aside(self._give_back(question, found))
            return Outcome(entry, settled=False)
        try:
            stored = await self._remote.store(question, found, entry, lifetime)
        except AwayError:
            self.counts.errors += 1
            stored = False
        if stored:
            self._keep(question, entry, watch, lifetime.ttl)
        return Outcome(entry, settled=stored and not watch.broken)

    def _keep(self, question: Question, entry: Entry, watch: Watch, seconds: float) -> None:
        self.local.put(question.key, entry, watch, ttl=min(seconds, self._local_ttl))

    async def _hold(self, question: Question, found: Found) -> None:
        while found.given:
            await asyncio.sleep(LEASE / 3)
            with suppress(AwayError):
                await self._remote.hold(question, found)

    async def _give_back(self, question: Question, found: Found) -> None:
        if found.given:
            with suppress(AwayError):
                await self._remote.give_back(question, found)

    def _aside(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work, context=without_deadline())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
