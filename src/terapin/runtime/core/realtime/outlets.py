"""Where a connection writes to: the server's own protocol where it is ours, else what ASGI offers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from starlette.types import Send

from ..resilience.deadlines import ended
from .frames import Frame

# For a peer to take the last word, in seconds.
GRACE = 10.0


class Outlet(Protocol):
    def write(self, frame: Frame) -> bool:
        """Without waiting. Where it is False nothing was written, and `ready` is called when more can be."""

    def end(self, code: int, reason: str) -> None:
        """What is inside gets `websocket.disconnect`, or is cancelled."""

    def limit(self, *, max_bytes: int, spread: float) -> None:
        """Of a message that comes in; and over how many seconds sockets are closed when the server stops."""

    ready: Callable[[], None]


class AsgiOutlet:
    """`send` waits for the peer, and whoever waits in it can say nothing else: so it has a task of its own."""

    def __init__(self, send: Send) -> None:
        self.ready: Callable[[], None] = lambda: None
        self._send = send
        self._next: Frame | None = None
        self._given = asyncio.Event()
        self._inside = asyncio.current_task()
        self._writing = asyncio.create_task(self._write())
        self._closing: asyncio.Task[None] | None = None

    def write(self, frame: Frame) -> bool:
        if self._next is not None or self._closing:
            return False
        self._next = frame
        self._given.set()
        return True

    def end(self, code: int, reason: str) -> None:
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(code, reason))

    def limit(self, *, max_bytes: int, spread: float) -> None:
        """The server has limits of its own."""

    @property
    def has_ended(self) -> bool:
        return self._closing is not None

    async def aclose(self) -> None:
        """What was to be the last word is waited for."""
        self._inside = None
        if self._closing is not None:
            await self._closing
        await ended(self._writing)

    async def _write(self) -> None:
        with suppress(OSError):
            while True:
                await self._given.wait()
                self._given.clear()
                if self._next is not None:
                    await self._send(self._next.event)
                    self._next = None
                    self.ready()

    async def _close(self, code: int, reason: str) -> None:
        await ended(self._writing)
        with suppress(OSError, RuntimeError, TimeoutError):
            closing = {"type": "websocket.close", "code": code, "reason": reason}
            await asyncio.wait_for(self._send(closing), GRACE)
        if self._inside is not None:
            self._inside.cancel()
