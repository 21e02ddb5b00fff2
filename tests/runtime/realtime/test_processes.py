"""Between processes, by streams of Redis: nothing is missed that nobody is told of, and no offset comes twice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidMessage

from ..caching.valkey import Valkey, running
from .asking import Json, heard
from .serving import Lounge, lounges


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    with running(tmp_path) as server:
        yield server


@pytest.fixture
def pair(valkey: Valkey) -> Iterator[list[Lounge]]:
    with lounges(2, redis_url=valkey.url, realtime_rate_per_second=10_000) as processes:
        yield processes


class Listener:
    """Connects again and again, and says up to where it has heard everything."""

    def __init__(self, processes: Sequence[Lounge], room: str) -> None:
        self._processes = processes
        self._room = room
        self._position: Json | None = None
        self.messages: list[Json] = []
        self.discontinuities = 0
        self._connected = asyncio.Event()
        self._heard = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._running = asyncio.create_task(self._run())
        await asyncio.wait_for(self._connected.wait(), 30)

    async def stop(self) -> None:
        assert self._running
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running

    async def until(self, last: Any) -> None:
        while not self.messages or self.messages[-1]["data"] != last:
            self._heard.clear()
            await self._heard.wait()

    async def _run(self) -> None:
        turn = 0
        while True:
            process = self._processes[turn % len(self._processes)]
            turn += 1
            at = self._position or {}
            query = "?offset={offset}&epoch={epoch}".format(**at) if at else ""
            with suppress(OSError, ConnectionClosed, InvalidMessage, TimeoutError):
                async with connect(process.url(f"/ws/{self._room}{query}")) as socket:
                    self._connected.set()
                    await self._listen(socket)
            await asyncio.sleep(0.05)

    async def _listen(self, socket: ClientConnection) -> None:
        async for text in socket:
            message = json.loads(text)
            if message["offset"] is None:
                continue
            self._position = {name: message[name] for name in ("offset", "epoch")}
            if message["type"] == "discontinuity":
                self.discontinuities += 1
            else:
                self.messages.append(message)
                self._heard.set()

    def check(self, said: Sequence[Any]) -> None:
        """Everything in order, but for what is missing where it was told so; and no offset twice."""
        positions = [(each["epoch"], each["offset"]) for each in self.messages]
        assert len(positions) == len(set(positions))
        data = [each["data"] for each in self.messages]
        assert data == sorted(data)
        if not self.discontinuities:
            assert data == list(said)


async def test_what_is_said_in_one_is_heard_in_the_other(pair: list[Lounge]) -> None:
    sockets = [await connect(each.url("/ws/both")) for each in pair for _ in range(3)]
    for number in range(20):
        await sockets[number % len(sockets)].send(str(number))
    orders = []
    for socket in sockets:
        messages = [await heard(socket) for _ in range(20)]
        assert [each["offset"] for each in messages] == list(range(1, 21))
        assert len({each["epoch"] for each in messages}) == 1
        orders.append([each["data"] for each in messages])
        await socket.close()
    assert sorted(orders[0]) == list(range(20))
    assert all(order == orders[0] for order in orders)


async def test_history_is_that_of_all(pair: list[Lounge]) -> None:
    async with connect(pair[0].url("/chat/a/b")) as one:
        for number in range(5):
            await one.send(json.dumps({"type": "say", "data": {"text": str(number)}}))
            await heard(one)
    async with connect(pair[1].url("/chat/a/b")) as two:
        assert [(await heard(two))["data"]["text"] for _ in range(3)] == ["2", "3", "4"]


async def test_one_is_killed(pair: list[Lounge]) -> None:
    listeners = [Listener(pair, "kill") for _ in range(20)]
    for each in listeners:
        await each.start()
    said = range(200)
    async with connect(pair[1].url("/ws/kill")) as speaker:
        for number in said:
            if number == 70:
                pair[0].process.kill()
            await speaker.send(str(number))
            await asyncio.sleep(0.01)
        await _all_heard(listeners, said[-1])
    for each in listeners:
        each.check(said)
        assert each.discontinuities == 0
        await each.stop()


async def test_redis_is_away_for_three_seconds(pair: list[Lounge], valkey: Valkey) -> None:
    """What it knew is lost, so that everybody is told; and nothing said meanwhile is taken for said."""
    listeners = [Listener([pair[number % 2]], "restart") for number in range(10)]
    for each in listeners:
        await each.start()
    refused = []
    async with connect(pair[0].url("/ws/restart")) as speaker:
        number = 0
        for number in range(20):
            await speaker.send(str(number))
        for _ in range(20):
            await heard(speaker)
        valkey.kill()
        await speaker.send("20")
        refused.append((await heard(speaker))["data"]["status"])
        await asyncio.sleep(3)
        valkey.start()
        told = await heard(speaker)
        assert told["type"] == "discontinuity"
        # Nobody asks Redis before its breaker lets somebody.
        while told["type"] != "message":
            await asyncio.sleep(0.2)
            await speaker.send("21")
            told = await heard(speaker)
        await _all_heard(listeners, 21)
    assert refused == [503]
    for each in listeners:
        each.check([*range(20), 21])
        assert each.discontinuities == 1
        await each.stop()


async def test_redis_is_silent_for_a_while(pair: list[Lounge], valkey: Valkey) -> None:
    """It knows everything afterwards, and so do they."""
    listeners = [Listener(pair, "pause") for _ in range(4)]
    for each in listeners:
        await each.start()
    async with connect(pair[0].url("/ws/pause"), max_queue=None) as speaker:
        for number in range(10):
            await speaker.send(str(number))
        await _all_heard(listeners, 9)
        valkey.pause()
        await asyncio.sleep(4)
        valkey.resume()
        await asyncio.sleep(1)
        for number in range(10, 20):
            await speaker.send(str(number))
        await _all_heard(listeners, 19)
    for each in listeners:
        each.check(range(20))
        assert each.discontinuities == 0
        await each.stop()


async def _all_heard(listeners: Sequence[Listener], last: int) -> None:
    async with asyncio.timeout(60):
        for each in listeners:
            await each.until(last)
