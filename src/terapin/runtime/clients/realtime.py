"""A client of the service's WebSocket channels, which connects again and hears what it missed.

    async with Room("wss://example.org/posts/17/live", token=get_token) as room:
        await room.say("said", {"text": "Hello"})
        async for message in room:
            print(message.type, message.data)

It stands alone: copy it to where it is used. It needs `websockets`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from random import SystemRandom
from types import TracebackType
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

Token = Callable[[], Awaitable[str]]

# Of those that a service closes with, what another attempt would not change.
FINAL = frozenset({1003, 1007, 1009, 4400, 4401, 4403, 4429, 4430, 4441, 4442})
_HELLO = Subprotocol("hello")
_LONGEST_WAIT = 30.0
_chance = SystemRandom()


@dataclass(frozen=True, slots=True)
class Message:
    """Of the type `discontinuity`, some may have been missed before it; of `error`, what was said was refused."""

    type: str
    data: Any
    room: str
    offset: int | None
    epoch: str | None


class RoomClosedError(Exception):
    """The service does not want it back."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code


class Room:
    """Used as `async with`. What is said while there is no connection waits for one."""

    def __init__(self, url: str, token: Token | None = None) -> None:
        """`token` is asked for one at each attempt."""
        self._url = url
        self._token = token
        self._position: dict[str, Any] | None = None
        self._connection: ClientConnection | None = None
        self._connected = asyncio.Event()
        self._messages: asyncio.Queue[Message | Exception] = asyncio.Queue(1000)
        self._running: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Room:
        self._running = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._running
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running

    async def __aiter__(self) -> AsyncIterator[Message]:
        while True:
            message = await self._messages.get()
            if isinstance(message, Exception):
                raise message
            yield message

    async def say(self, type_: str, data: Any = None) -> None:
        """A message of a type that the channel has."""
        await self.send({"type": type_, "data": data})

    async def send(self, content: Any) -> None:
        """As JSON. It is not sent again if the connection is lost then: nobody knows whether it was heard."""
        await self._connected.wait()
        if self._connection is not None:
            await self._connection.send(json.dumps(content))

    async def _run(self) -> None:
        attempt = 0
        while True:
            heard, code, reason = await self._stay()
            if code in FINAL:
                await self._messages.put(RoomClosedError(code, reason))
                return
            attempt = 0 if heard else attempt + 1
            # All that lose a server come back, but not at the same moment.
            longest = min(_LONGEST_WAIT, 0.5 * 2 ** min(attempt, 10))
            await asyncio.sleep(_chance.uniform(0, longest))

    async def _stay(self) -> tuple[bool, int, str]:
        """Whether anything was heard, and why it ended."""
        heard, code, reason = False, 1006, ""
        try:
            async with connect(self._url, subprotocols=[_HELLO]) as connection:
                await self._greet(connection)
                with suppress(ConnectionClosed):
                    async for text in connection:
                        heard = True
                        await self._hear(connection, json.loads(text))
                code = connection.close_code or code
                reason = connection.close_reason or ""
        except (ConnectionClosed, InvalidHandshake, OSError, TimeoutError):
            pass
        finally:
            self._connection = None
            self._connected.clear()
        return heard, code, reason

    async def _greet(self, connection: ClientConnection) -> None:
        first: dict[str, Any] = {}
        if self._token is not None:
            first["authenticate"] = await self._token()
        if self._position is not None:
            first["resume"] = self._position
        await connection.send(json.dumps(first))

    async def _hear(self, connection: ClientConnection, content: dict[str, Any]) -> None:
        message = Message(**content)
        if message.offset is not None:
            self._position = {"offset": message.offset, "epoch": message.epoch}
        if message.type == "subscribed":
            self._connection = connection
            self._connected.set()
        else:
            await self._messages.put(message)
