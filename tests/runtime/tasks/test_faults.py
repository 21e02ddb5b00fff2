"""Processes and servers that end while there is work."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, suppress
from pathlib import Path
from random import Random

import httpx
import pytest

from ..blog.settings import Settings as BlogSettings
from ..caching.valkey import Valkey
from ..harness import database
from ..mailroom.tasks import declared
from ..processes import arguments, descendants
from ..test_commands import free_port
from .brokers import RabbitMQ
from .office import PACKAGE, Office, deep, eventually, opened, settings_for, working

pytestmark = deep

# Seconds for which a broker is away, and in which all that waited is done once it is back.
AWAY = 60
DRAINED = 10.0
# What is sent while workers are killed, every so many seconds.
SENT = 200
KILLED_EVERY = 2.0


@pytest.fixture
async def office(
    server: BlogSettings,
    tasks_migrated: BlogSettings,
    broker_url: str,
    valkey: Valkey,
    tmp_path: Path,
) -> AsyncIterator[Office]:
    """Whose broker may be killed, and whose workers are started by the tests."""
    async with (
        database(server, tasks_migrated) as own,
        opened(settings_for(own, broker_url, valkey.url), tmp_path) as office,
    ):
        yield office


async def _all_done(office: Office, within: float) -> None:
    async def done() -> bool:
        return set(await office.states()) == {"succeeded"}

    assert await eventually(done, within), f"{await office.states()}\n{office.log()}"


async def test_the_broker_may_be_away(office: Office, broker: Valkey | RabbitMQ) -> None:
    """Valkey, in the light profile, has lost all messages when it is back."""
    with office.worker("--pool", "default", "--concurrency", "2"):
        first = await declared.deliver.enqueue(body="first")
        await office.state(first.id, "succeeded", within=40)
        broker.kill()
        for number in range(AWAY):
            begun = time.monotonic()
            sent = await office.client.post("/tasks/deliver", json={"body": str(number)})
            assert sent.status_code == 202
            assert time.monotonic() - begun < 5
            await asyncio.sleep(1)
        await asyncio.to_thread(broker.start)
        await _all_done(office, DRAINED)
        assert len(await office.letters()) == 1 + AWAY


async def test_relays_share_the_work_and_may_be_killed(desk: Office) -> None:
    """While one is killed another one works, and what both have published is run once."""
    with ExitStack() as stack:

        def relay() -> subprocess.Popen[bytes]:
            return stack.enter_context(desk.worker(command="relay"))

        relays = [relay(), relay()]
        stack.enter_context(desk.worker("--pool", "default", "--concurrency", "2"))
        ready = await declared.stamp.enqueue(body="ready")
        await desk.state(ready.id, "succeeded")
        for number in range(SENT):
            await declared.deliver.enqueue(body=str(number))
            await asyncio.sleep(0.05)
            if number % 20 == 10:
                relays.pop(0).kill()
                relays.append(relay())
        await _all_done(desk, 60)
    assert await _numbers(desk) == [*range(SENT)]
    [row] = await desk.rows("SELECT max(attempts) AS most FROM task_runs")
    assert row["most"] == 1


# An API that is killed when its relay is about to publish, or has just done so and not written it down.
_DYING = """
import os, signal
from terapin.runtime.core.tasks.publishing import Publisher
from tests.runtime.mailroom.cli import main

publish = Publisher.publish

def die(publisher, messages):
    if messages:
        {before}
        os.kill(os.getpid(), signal.SIGKILL)
    return publish(publisher, messages)

Publisher.publish = die
main()
"""


@pytest.mark.parametrize("before", ["pass", "publish(publisher, messages)"])
async def test_what_a_killed_api_has_committed_is_published_by_the_next(
    desk: Office, before: str
) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    serve = ("serve", "--port", str(port))
    own = (desk.settings, desk.directory)
    with desk.worker("--pool", "default", "--concurrency", "1"):
        with working(*own, "-m", PACKAGE, *serve):
            assert await eventually(lambda: _is_ready(url), 60), desk.log()
            ready = await declared.stamp.enqueue(body="ready")
            await desk.state(ready.id, "succeeded")
        with working(*own, "-c", _DYING.format(before=before), *serve) as dying:
            assert await eventually(lambda: _is_ready(url), 60), desk.log()
            with suppress(httpx.TransportError):
                await asyncio.to_thread(httpx.post, f"{url}/tasks/deliver", json={"body": "0"})
            assert await asyncio.to_thread(dying.wait, 10) == -signal.SIGKILL
        with working(*own, "-m", PACKAGE, *serve):
            assert await eventually(lambda: _is_ready(url), 60), desk.log()
            await _all_done(desk, 5)
    assert await _numbers(desk) == [0]


async def _is_ready(url: str) -> bool:
    try:
        answer = await asyncio.to_thread(httpx.get, f"{url}/health/ready")
    except httpx.TransportError:
        return False
    return answer.status_code == 200


async def test_killed_workers_lose_nothing(office: Office) -> None:
    """Of two workers, one of all their processes but the supervisors is killed each time; every effect is there once."""
    chance = Random(7)
    worker = ("--pool", "default", "--concurrency", "2")
    with office.worker(*worker) as one, office.worker(*worker) as other:
        ready = await declared.stamp.enqueue(body="ready")
        await office.state(ready.id, "succeeded")
        for number in range(SENT):
            await declared.deliver.enqueue(body=str(number), seconds=0.8)
        kills = 0
        while (await office.states()).get("succeeded", 0) <= SENT:
            await asyncio.sleep(KILLED_EVERY)
            if found := [*_processes(one.pid), *_processes(other.pid)]:
                _kill(chance.choice(found))
            kills += 1
            assert kills < 100, f"{await office.states()}\n{office.log()}"
        await _all_done(office, 1)
    assert kills > 5
    assert await _numbers(office) == [*range(SENT)]


async def _numbers(office: Office) -> list[int]:
    return sorted(int(body) for body in await office.letters() if body != "ready")


def _processes(worker: int) -> list[int]:
    return [each for each in descendants(worker) if "celery" in arguments(each)]


def _kill(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


async def test_a_worker_that_is_told_to_end_finishes_what_it_has_begun(
    office: Office,
) -> None:
    with office.worker("--pool", "default", "--concurrency", "2") as worker:
        ready = await declared.stamp.enqueue(body="ready")
        await office.state(ready.id, "succeeded", within=40)
        for number in range(8):
            await declared.lasting.enqueue(body=str(number), seconds=2)

        async def begun() -> bool:
            return (await office.states()).get("running", 0) >= 2

        assert await eventually(begun), office.log()
        worker.terminate()
        await asyncio.to_thread(worker.wait, 30)
        states = await office.states()
        assert "running" not in states
        assert states["succeeded"] + states["waiting"] == 9
    with office.worker("--pool", "default", "--concurrency", "4"):
        await _all_done(office, 60)
        assert len(await office.letters()) == 9


async def test_what_is_urgent_does_not_wait_for_a_backlog(office: Office) -> None:
    with office.worker("--pool", "default", "--concurrency", "1"):
        ready = [await each.enqueue(body="ready") for each in (declared.lasting, declared.urgent)]
        for each in ready:
            await office.state(each.id, "succeeded", within=40)
        backlog = [await declared.lasting.enqueue(body="low", seconds=0.5) for _ in range(30)]
        urgent = [await declared.urgent.enqueue(body=f"high {n}") for n in range(10)]
        for sent in urgent:
            await office.state(sent.id, "succeeded")
        waiting = [sent for sent in backlog if (await office.run(sent.id))["state"] == "waiting"]
        assert len(waiting) > 20, office.log()
