"""Two processes and whatever they do: nobody who knows of a write reads what was before it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, TypeVar
from uuid import uuid4

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from terapin.runtime.core.caching.cache import SharedCache

from .valkey import Valkey
from .worker import forget, opened, question

T = TypeVar("T")

CACHES = st.integers(0, 1)
KEYS = st.sampled_from("aaab")


class _Read:
    """One that has begun. Where it has to load, it goes on when it is let."""

    def __init__(self, cache: SharedCache, key: str, true: dict[str, int]) -> None:
        self.known = true[key]
        self.go, self.loading = asyncio.Event(), asyncio.Event()

        async def load() -> bytes:
            value = true[key]
            self.loading.set()
            await self.go.wait()
            return str(value).encode()

        self.task = asyncio.create_task(cache.get(question(key, load)))

    async def result(self, others: list[_Read]) -> int:
        """Others are let go only where it waits for what they load."""
        self.go.set()
        await asyncio.wait({self.task}, timeout=0.05)
        if not self.task.done():
            for other in others:
                other.go.set()
        return int((await self.task).body)


class Processes(RuleBasedStateMachine):
    """`true` is what a database would hold; a write is done when it is invalidated."""

    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.true = {"a": 0, "b": 0}
        self.reads: list[_Read] = []
        namespace = uuid4().hex
        self.caches = [self.enter(namespace) for _ in range(2)]

    def enter(self, namespace: str) -> SharedCache:
        context = opened(self.url, namespace)
        return self.run(self.stack.enter_async_context(context))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @rule(cache=CACHES, key=KEYS)
    def begin(self, cache: int, key: str) -> None:
        async def begin() -> None:
            read = _Read(self.caches[cache], key, self.true)
            self.reads.append(read)
            loading = asyncio.create_task(read.loading.wait())
            await asyncio.wait({read.task, loading}, timeout=0.05, return_when="FIRST_COMPLETED")
            loading.cancel()

        self.run(begin())

    @rule(position=st.integers(0, 9))
    def end(self, position: int) -> None:
        if self.reads:
            read = self.reads.pop(position % len(self.reads))
            assert self.run(read.result(self.reads)) >= read.known

    @rule(cache=CACHES, key=KEYS)
    def write(self, cache: int, key: str) -> None:
        self.true[key] += 1
        self.run(forget(self.caches[cache], key))

    @rule(cache=CACHES, key=KEYS)
    def read(self, cache: int, key: str) -> None:
        """By somebody who knows of every write."""

        async def read() -> int:
            return await _Read(self.caches[cache], key, self.true).result(self.reads)

        assert self.run(read()) == self.true[key]

    def teardown(self) -> None:
        async def leave() -> None:
            for read in self.reads:
                await read.result(self.reads)
            await self.stack.aclose()

        self.run(leave())
        self.runner.close()


def test_processes(shared_valkey: Valkey) -> None:
    class Here(Processes):
        url = shared_valkey.url

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=100,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
