"""Deadlines: what is set outside bounds what is inside."""

from __future__ import annotations

import asyncio
import contextlib
import time

import pytest

from terapin.runtime.core.resilience.deadlines import (
    DeadlineExceededError,
    deadline,
    ended,
    remaining,
    within,
)


def test_without_one_there_is_as_much_time_as_is_asked_for() -> None:
    assert remaining(5) == 5


def test_inside_there_is_never_more_time_than_outside() -> None:
    with deadline(1):
        with deadline(60):
            assert 0.9 < remaining(60) <= 1
        with deadline(0.5):
            assert remaining(60) <= 0.5
        assert remaining(60) > 0.5
    assert remaining(60) == 60


def test_what_has_passed_is_not_negative() -> None:
    with deadline(0):
        assert remaining(60) == 0


async def test_work_has_what_is_left() -> None:
    async def left() -> float:
        return remaining(60)

    with deadline(1):
        assert await within(left(), 30) <= 1


async def test_nobody_waits_for_what_does_not_end() -> None:
    ended = asyncio.Event()

    async def stubborn() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await asyncio.sleep(1.5)
            ended.set()
            raise

    start = time.monotonic()
    with pytest.raises(DeadlineExceededError) as exceeded:
        await within(stubborn(), 0.05)
    assert time.monotonic() - start < 1
    assert exceeded.value.seconds == 0.05
    await asyncio.wait_for(ended.wait(), 5)


async def test_who_leaves_takes_the_work_along() -> None:
    cancelled = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            cancelled.set()

    task = asyncio.create_task(within(work(), 30))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
    await asyncio.wait_for(cancelled.wait(), 5)


async def test_its_errors_are_its_own() -> None:
    async def work() -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await within(work(), 1)


async def test_a_cancellation_that_is_lost_comes_again() -> None:
    """As by `asyncio.wait_for` of Python 3.11, when what it waits for ends at that moment."""

    async def deaf() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        await asyncio.sleep(60)

    async def wrong() -> None:
        raise ValueError

    tasks = [asyncio.create_task(each()) for each in (deaf, wrong)]
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await ended(*tasks)
    assert all(task.done() for task in tasks)
