"""What is sent exists exactly if the sender's transaction does; tasks are run in this process."""

from __future__ import annotations

import asyncio
import datetime as dt
from contextlib import suppress
from typing import Any

import pytest
from pydantic import ValidationError

from terapin.runtime.core.database import current_session
from terapin.runtime.core.tasks.declared import Backoff, RateLimit, Retries
from terapin.runtime.core.tasks.sending import chain, group
from terapin.runtime.core.tasks.testing import run_waiting

from ..mailroom.models import Letter
from ..mailroom.tasks import declared
from .office import Office


async def test_a_task_is_sent_with_the_transaction(desk: Office) -> None:
    async with desk.database.session() as session:
        session.add(Letter(body="before"))
        await declared.deliver.enqueue(body="after")
        assert await desk.rows("SELECT 1 FROM task_runs") == []
    assert await desk.states() == {"waiting": 1}
    assert len(await run_waiting(desk.app)) == 1
    assert await desk.letters() == ["before", "after"]


async def test_what_is_rolled_back_was_never_sent(desk: Office) -> None:
    with suppress(ZeroDivisionError):
        async with desk.database.session():
            await declared.deliver.enqueue(body="never")
            await chain(declared.deliver.call(body="never")).enqueue()
            raise ZeroDivisionError
    assert await desk.states() == {}
    assert await run_waiting(desk.app) == []


async def test_the_innermost_transaction_is_joined(desk: Office) -> None:
    async with desk.database.session() as outer:
        with suppress(ZeroDivisionError):
            async with desk.database.session() as inner:
                assert current_session() is inner
                await declared.deliver.enqueue(body="inner")
                raise ZeroDivisionError
        assert current_session() is outer
        await declared.deliver.enqueue(body="outer")
    assert current_session() is None
    await run_waiting(desk.app)
    assert await desk.letters() == ["outer"]


async def test_who_outlives_a_transaction_sends_in_one_of_its_own(desk: Office) -> None:
    ended = asyncio.Event()

    async def later() -> None:
        await ended.wait()
        await declared.deliver.enqueue(body="later")

    async with desk.database.session():
        task = asyncio.create_task(later())
        await asyncio.sleep(0)
    ended.set()
    await task
    assert await desk.states() == {"waiting": 1}


async def test_the_same_is_sent_once_in_a_while(desk: Office) -> None:
    first = await declared.urgent.enqueue(body="same")
    async with asyncio.TaskGroup() as group_:
        others = [group_.create_task(declared.urgent.enqueue(body="same")) for _ in range(5)]
    assert {each.result().id for each in others} == {first.id}
    assert not any(each.result().is_new for each in others)
    assert (await declared.urgent.enqueue(body="other")).is_new
    await desk.execute("UPDATE task_runs SET created_at = now() - interval '61 seconds'")
    assert (await declared.urgent.enqueue(body="same")).is_new


async def test_of_two_that_send_the_same_at_once_one_does(desk: Office) -> None:
    async with asyncio.TaskGroup() as group_:
        sending = [group_.create_task(declared.urgent.enqueue(body="same")) for _ in range(4)]
    assert sum(each.result().is_new for each in sending) == 1
    assert await desk.states() == {"waiting": 1}


async def test_a_new_row_sends_its_task(desk: Office) -> None:
    answer = await desk.client.post("/letters", json={"body": "hello"})
    assert answer.status_code == 201
    [row] = await desk.rows("SELECT name, parameters::text FROM task_runs")
    assert row == {"name": "greet", "parameters": f'{{"letter_id": {answer.json()["id"]}}}'}
    await run_waiting(desk.app)
    assert (await desk.letters())[-1] == f"letter {answer.json()['id']} has come"
    answer = await desk.client.patch(f"/letters/{answer.json()['id']}", json={"body": "again"})
    assert answer.status_code == 200
    assert await desk.states() == {"succeeded": 1}


async def test_late_tasks_and_links_are_not_run_before_their_time(desk: Office) -> None:
    await declared.deliver.after(60).enqueue(body="late")
    await declared.deliver.at(dt.datetime.now(dt.UTC) + dt.timedelta(1)).enqueue(body="later")
    await group(
        declared.fragile.call(body="fails", failures=9, error="KeyError"),
        declared.deliver.call(body="works"),
        then=declared.deliver.call(body="then"),
    ).enqueue()
    await run_waiting(desk.app)
    assert await desk.states() == {"waiting": 3, "dead": 1, "succeeded": 1}
    assert "then" not in await desk.letters()
    with pytest.raises(ValueError, match="no time zone"):
        declared.deliver.at(dt.datetime(2026, 1, 1))


async def test_parameters_are_validated(desk: Office) -> None:
    wrong: Any = {"body": 3}
    with pytest.raises(ValidationError, match="body"):
        await declared.deliver.enqueue(**wrong)
    with pytest.raises(ValidationError, match="bdy"):
        await declared.deliver.enqueue(body="x", bdy="y")  # type: ignore[call-arg]
    assert await desk.states() == {}


async def test_a_step_is_done_once(desk: Office) -> None:
    sent = await declared.deliver.enqueue(body="once")
    await run_waiting(desk.app)
    await desk.execute("UPDATE task_runs SET state = 'waiting', attempts = 1, next_at = now()")
    await run_waiting(desk.app)
    assert (await desk.run(sent.id))["attempts"] == 2
    assert await desk.letters() == ["once"]


@pytest.mark.parametrize("backoff", list(Backoff))
def test_retries_wait_a_random_part_of_what_grows(backoff: Backoff) -> None:
    """Of a thousand waits as many are in each quarter, and none is beyond the cap."""
    retries = Retries(10, backoff, first_seconds=2, most_seconds=30)
    longest = {
        Backoff.FIXED: [2.0] * 8,
        Backoff.LINEAR: [2.0, 4, 6, 8, 10, 12, 14, 16],
        Backoff.EXPONENTIAL: [2.0, 4, 8, 16, 30, 30, 30, 30],
    }[backoff]
    for attempt, most in enumerate(longest, start=1):
        waits = [retries.wait(attempt) for _ in range(1000)]
        assert 0 <= min(waits) < max(waits) <= most
        quarters = [sum(int(wait / most * 4) == part for wait in waits) for part in range(4)]
        assert all(180 < number < 320 for number in quarters), quarters


def test_no_number_of_attempts_is_too_large() -> None:
    assert Retries(9999, most_seconds=600).longest_wait(9999) == 600


def test_exceptions_are_known_by_class_and_by_name() -> None:
    retries = Retries(1, on=(ConnectionError, "zipfile.BadZipFile"))
    from zipfile import BadZipFile

    assert retries.has(ConnectionResetError())
    assert retries.has(BadZipFile())
    assert not retries.has(ValueError())


@pytest.mark.parametrize("text", ["10", "0/s", "10/w", "1.5/s", "10 / m"])
def test_a_rate_is_well_formed(text: str) -> None:
    with pytest.raises(ValueError, match="is no rate"):
        RateLimit.parse(text)
