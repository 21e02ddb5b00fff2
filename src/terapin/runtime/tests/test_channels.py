"""What every channel promises. What was written in handlers and policies is not asked, unless a test says so."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import pytest

from .api import Api, path
from .service import Channel, realtime, samples

Json = dict[str, Any]
ORIGIN = b"http://service.test"
# A key that no row has.
UNKNOWN = "00000000-0000-4000-8000-ffffffffffff"

each_channel = pytest.mark.parametrize(
    "channel", [pytest.param(each, id=each.name) for each in realtime.channels]
)


class Socket:
    """A client, in the place of a server."""

    def __init__(self) -> None:
        self._in: asyncio.Queue[Json] = asyncio.Queue()
        self._out: asyncio.Queue[Json] = asyncio.Queue()

    async def send(self, text: str) -> None:
        await self._in.put({"type": "websocket.receive", "text": text})

    async def heard(self) -> Json:
        event = await self.event()
        assert event["type"] == "websocket.send", event
        message: Json = json.loads(event["text"])
        return message

    async def event(self) -> Json:
        return await asyncio.wait_for(self._out.get(), 10)

    async def run(
        self, app: Callable[..., Awaitable[None]], path: str, headers: dict[bytes, bytes]
    ) -> None:
        scope = {
            "type": "websocket",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "scheme": "ws",
            "path": path,
            "raw_path": quote(path).encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [(b"host", b"service.test"), *headers.items()],
            "subprotocols": [],
            "extensions": {"websocket.http.response": {}},
        }
        await self._in.put({"type": "websocket.connect"})
        await app(scope, self._in.get, self._out.put)

    async def leave(self) -> None:
        await self._in.put({"type": "websocket.disconnect", "code": 1000})


@asynccontextmanager
async def socket(api: Api, path: str, origin: bytes = ORIGIN) -> AsyncIterator[Socket]:
    peer = Socket()
    running = asyncio.create_task(peer.run(api.app, path, {b"origin": origin}))
    try:
        yield peer
    finally:
        await peer.leave()
        await asyncio.wait_for(running, 15)


def _path(channel: Channel, name: object = None) -> str:
    """Of a room, which is called `1` or `1/1` where nothing is told by its name."""
    if name is None and channel.streams is not None and channel.by is not None:
        name = samples.payload(channel.streams, 1).get(_named_by(channel), UNKNOWN)
    shown = quote(str(name or 1), safe="")
    segments = channel.path.split("/")
    return "/".join(shown if each.startswith("{") else each for each in segments)


def _named_by(channel: Channel) -> str:
    """As JSON calls it."""
    assert channel.streams is not None
    assert channel.by is not None
    name: str = channel.streams.by_attribute[channel.by].name
    return name


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """To everybody."""
    for channel in realtime.channels:
        for name in ("subscribe", "publish"):
            monkeypatch.setattr(type(channel.policy), name, lambda *_: True)


@each_channel
def test_there_are_handlers(channel: Channel) -> None:
    for message in channel.messages:
        inspect.signature(message.function()).bind("message")


@each_channel
async def test_pages_of_elsewhere_may_not_connect(api: Api, channel: Channel) -> None:
    async with socket(api, _path(channel), b"https://elsewhere.example.org") as peer:
        assert (await peer.event())["status"] == 403


@each_channel
async def test_whoever_may_not_is_closed_with_a_code(
    api: Api, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(channel.policy), "subscribe", lambda *_: False)
    async with socket(api, _path(channel)) as peer:
        assert (await peer.event())["type"] == "websocket.accept"
        await peer.send('{"authenticate": "no token"}')
        closing = await peer.event()
        assert (closing["type"], closing["code"]) == ("websocket.close", 4401)


@each_channel
async def test_everybody_hears_what_somebody_says(api: Api, channel: Channel, opened: None) -> None:
    if channel.messages or channel.streams:
        pytest.skip("what may be said there is not known here")
    async with socket(api, _path(channel)) as one, socket(api, _path(channel)) as two:
        for peer in (one, two):
            assert (await peer.event())["type"] == "websocket.accept"
        await one.send('{"said": [1, null]}')
        first, second = await one.heard(), await two.heard()
        assert first == second
        assert (first["type"], first["data"]) == ("message", {"said": [1, None]})


@each_channel
async def test_what_is_wrong_is_told_to_its_sender(
    api: Api, channel: Channel, opened: None
) -> None:
    async with socket(api, _path(channel)) as peer:
        assert (await peer.event())["type"] == "websocket.accept"
        wrong = ["{", *(['{"type": "no such type"}'] if channel.messages else [])]
        for text in wrong:
            await peer.send(text)
            error = await peer.heard()
            while error["type"] != "error":
                error = await peer.heard()
            assert error["data"]["status"] == 400


@each_channel
async def test_changes_are_told(api: Api, channel: Channel, opened: None) -> None:
    """To whom nothing is forbidden: who may read what is looked at elsewhere."""
    resource = channel.streams
    if resource is None:
        pytest.skip("it tells of no changes")
    row = await api.create(resource)
    name = row[_named_by(channel)] if channel.by else None
    async with socket(api, _path(channel, name)) as peer:
        assert (await peer.event())["type"] == "websocket.accept"
        deleted = await api.client.delete(path(resource, row))
        assert deleted.status_code == 204
        told = await peer.heard()
        while told["type"] != "deleted":
            told = await peer.heard()
        assert told["data"] == {resource.key.name: row[resource.key.name]}


@each_channel
async def test_nobody_speaks_who_may_not(
    api: Api, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(channel.policy), "subscribe", lambda *_: True)
    monkeypatch.setattr(type(channel.policy), "publish", lambda *_: False)
    async with socket(api, _path(channel)) as peer:
        assert (await peer.event())["type"] == "websocket.accept"
        await peer.send("1")
        error = await peer.heard()
        while error["type"] != "error":
            error = await peer.heard()
        assert error["data"]["status"] == 403
