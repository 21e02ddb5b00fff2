"""MongoDB away, slow, or asked too much at once."""

from __future__ import annotations

import asyncio
import gc
import signal
import time
import warnings
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from terapin.runtime.core.errors import Unavailable
from terapin.runtime.core.resilience.breaker import State
from terapin.runtime.core.resilience.deadlines import deadline
from terapin.runtime.core.sources.mongodb import Mongodb

from .harness import Api, MongodbServer, commands, prepared, serving, settings_for, until


@pytest.fixture
def server() -> Iterator[MongodbServer]:
    """One that may be stopped."""
    server = MongodbServer()
    yield server
    server.stop()


@pytest.fixture
async def fragile(postgresql: str, server: MongodbServer) -> AsyncIterator[Api]:
    """The club on a MongoDB that may be stopped, whose breaker is soon open and soon closed again."""
    store = {
        "acquire_timeout": 0.2,
        "connect_timeout": 0.5,
        "statement_timeout": 2.5,
        "breaker_failures": 3,
        "breaker_reset": 0.5,
        "pool_max": 5,
    }
    given = settings_for(postgresql, server.url, store=store)
    async with prepared(given) as settings, serving(settings) as club:
        yield club
        server.process.send_signal(signal.SIGCONT)
    # The driver forgets a socket if it is cancelled while it connects.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


async def timed(club: Api, path: str) -> tuple[int, float]:
    start = time.perf_counter()
    response = await club.client.get(path)
    if response.status_code == 503:
        assert int(response.headers["retry-after"]) >= 1
    return response.status_code, time.perf_counter() - start


async def test_a_server_that_stops_answering_costs_others_nothing(
    fragile: Api, server: MongodbServer
) -> None:
    member = await fragile.member()
    await fragile.activity(member)
    server.process.send_signal(signal.SIGSTOP)
    answers = await asyncio.gather(*(timed(fragile, "/activities") for _ in range(20)))
    assert {status for status, _ in answers} == {503}
    assert max(seconds for _, seconds in answers) < 6
    assert (await fragile.client.get("/members")).status_code == 200

    async def is_noticed() -> bool:
        return fragile.mongodb.breaker.state is not State.CLOSED

    await until(is_noticed)
    server.process.send_signal(signal.SIGCONT)

    async def answers_again() -> bool:
        return (await fragile.client.get("/activities")).status_code == 200

    await until(answers_again)
    await until(lambda: _idle(fragile))


async def _idle(club: Api) -> bool:
    return club.mongodb.pool().used == 0


async def test_a_server_that_is_gone_is_soon_not_asked(fragile: Api, server: MongodbServer) -> None:
    await fragile.activity()
    server.stop()
    source = fragile.mongodb
    for _ in range(3):
        start = time.perf_counter()
        with pytest.raises(Unavailable):
            await source.call(lambda: source.database["activities"].find_one({}))
        # Bounded by the time to connect, not by that of a statement.
        assert time.perf_counter() - start < 2
    assert source.breaker.state is State.OPEN
    status, seconds = await timed(fragile, "/activities")
    assert (status, seconds < 0.5) == (503, True)
    ready = await fragile.client.get("/health/ready")
    assert ready.json()["sources"]["activity_store"]["status"] == "down"
    assert ready.json()["sources"]["database"]["status"] == "up"


async def test_of_too_many_calls_some_are_told_to_come_again(fragile: Api) -> None:
    """The pool holds five; whoever gets none of it in time is not counted as a failure of the server."""
    source = fragile.mongodb

    async def slow() -> None:
        await asyncio.sleep(0.6)

    start = time.perf_counter()
    calls = [source.call(slow) for _ in range(30)]
    results = await asyncio.gather(*calls, return_exceptions=True)
    refused = [each for each in results if isinstance(each, Unavailable)]
    assert len(refused) == 25
    assert time.perf_counter() - start < 2
    assert source.breaker.state is State.CLOSED
    await source.call(source.ping)


async def test_what_is_left_behind_keeps_its_place(fragile: Api) -> None:
    """A call that is over in time has its connection until it has really ended."""
    source = fragile.mongodb
    ends = asyncio.Event()

    async def stubborn() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await ends.wait()
            raise

    with deadline(0.1):
        calls = [source.call(stubborn) for _ in range(5)]
        results = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(each, Unavailable) for each in results)
    with pytest.raises(Unavailable):
        await source.call(source.ping)
    ends.set()
    await asyncio.sleep(0.05)
    await source.call(source.ping)


async def test_the_server_is_told_how_much_time_there_is(fragile: Api) -> None:
    source = fragile.mongodb
    told: list[Any] = []

    async def asked() -> None:
        before = len(commands.sent)
        await source.database["activities"].find_one({})
        told.extend(command["maxTimeMS"] for _, command in commands.sent[before:])

    await source.call(asked)
    with deadline(0.2):
        await source.call(asked)
    assert 1500 < told[0] <= 2500
    assert 0 < told[1] <= 200


async def test_connections_are_counted(fragile: Api) -> None:
    source: Mongodb = fragile.mongodb
    await asyncio.gather(*(fragile.get("/activities") for _ in range(4)))
    pool = source.pool()
    assert pool.used == 0
    assert 1 <= pool.idle <= pool.limit == 5
