"""Who waits for a connection is served in turn, in time, and is not forgotten when it leaves."""

from __future__ import annotations

import asyncio
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import TimeoutError as PoolTimeout

from terapin.runtime.core.pool import Turns

FOREVER = 10.0


async def take(turns: Turns, seconds: float = FOREVER) -> None:
    if turns.free:
        turns.free -= 1
    else:
        await turns.wait(seconds)


async def waiting(turns: Turns, count: int, seconds: float = FOREVER) -> list[asyncio.Task[None]]:
    tasks = [asyncio.create_task(take(turns, seconds)) for _ in range(count)]
    await asyncio.sleep(0)
    return tasks


async def test_who_came_first_is_first() -> None:
    turns = Turns(1)
    await take(turns)
    tasks = await waiting(turns, 3)
    for count in range(1, 4):
        turns.give_back()
        await asyncio.sleep(0.01)
        assert [task.done() for task in tasks] == [place < count for place in range(3)]
    turns.give_back()
    assert turns.free == 1


async def test_each_waits_for_as_long_as_it_may() -> None:
    turns = Turns(1)
    await take(turns)
    start = time.monotonic()
    long, short = [(await waiting(turns, 1, seconds))[0] for seconds in (FOREVER, 0.05)]
    with pytest.raises(PoolTimeout, match=r"none of 1 connections became free within 0\.05 s"):
        await short
    assert 0.05 <= time.monotonic() - start < FOREVER / 2
    assert not long.done()
    turns.give_back()
    await long
    turns.give_back()
    assert turns.free == 1


async def test_those_who_come_later_are_told_later() -> None:
    turns = Turns(1)
    await take(turns)
    first = await waiting(turns, 1, 0.05)
    await asyncio.sleep(0.03)
    second = await waiting(turns, 1, 0.05)
    with pytest.raises(PoolTimeout):
        await first[0]
    assert not second[0].done()
    with pytest.raises(PoolTimeout):
        await second[0]


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 3), st.lists(st.tuples(st.sampled_from("tglwy"), st.integers(0, 9))))
def test_as_many_turns_as_there_are_stay(limit: int, steps: list[tuple[str, int]]) -> None:
    """Taking, giving back, leaving and ending of the time in any order."""

    async def run() -> None:
        turns = Turns(limit)
        tasks: list[asyncio.Task[None]] = []
        held = 0

        def settle() -> None:
            nonlocal held
            for task in [each for each in tasks if each.done()]:
                tasks.remove(task)
                held += not task.cancelled() and task.exception() is None

        for step, number in steps:
            if step == "t":
                tasks.append(asyncio.create_task(take(turns, 0.0 if number == 9 else FOREVER)))
            elif step == "g" and held:
                turns.give_back()
                held -= 1
            elif step == "l" and tasks:
                tasks[number % len(tasks)].cancel()
            elif step == "w":
                await asyncio.sleep(0)
            else:
                await asyncio.sleep(0.001)
            settle()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        settle()
        assert turns.free + held == limit

    asyncio.run(run())
