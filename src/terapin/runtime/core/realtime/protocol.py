"""uvicorn's own protocol for WebSockets, with what ASGI has no word for.

It writes without waiting what was framed once for all, gives up on a peer that takes nothing, lets one that sent too
much read why it is closed, and has the sockets of a process that ends closed one after the other.
"""

from __future__ import annotations

import logging
from asyncio import TimerHandle
from collections.abc import Callable
from random import SystemRandom
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame as WireFrame
from websockets.frames import Opcode
from websockets.http11 import Request

from .codes import Code
from .frames import Frame
from .outlets import GRACE

# In a scope: the protocol behind it.
EXTENSION = "service.outlet"
_chance = SystemRandom()
_quiet = logging.getLogger(__name__)
_quiet.setLevel(logging.WARNING)


class RealtimeProtocol(WebSocketsSansIOProtocol):
    """An `Outlet`."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # They would tell of each socket, with all that stands in its URL.
        self.logger = self.conn.logger = _quiet
        self.ready: Callable[[], None] = lambda: None
        self._spread = 0.0
        self._aborting: TimerHandle | None = None

    def limit(self, *, max_bytes: int, spread: float) -> None:
        self.conn.max_message_size = max_bytes
        self._spread = spread

    def write(self, frame: Frame) -> bool:
        if not self.writable.is_set():
            return False
        if not (self.close_sent or self.transport.is_closing()):
            if frame.framed is None:
                frame.framed = WireFrame(Opcode.TEXT, frame.text).serialize(mask=False)
            self.transport.write(frame.framed)
        return True

    def end(self, code: int, reason: str) -> None:
        if self.close_sent or self.transport.is_closing():
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.conn.send_close(code, reason)
        self._write_last()

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            extensions: Any = self.scope["extensions"]
            extensions[EXTENSION] = self

    def resume_writing(self) -> None:
        super().resume_writing()
        self.ready()

    def send_receive_event_to_app(self) -> None:
        if self.curr_msg_data_type == "text" and not _is_text(b"".join(self.frames)):
            self.frames = []
            self.end(Code.NOT_TEXT, Code.NOT_TEXT.reason)
        else:
            super().send_receive_event_to_app()

    def handle_parser_exception(self) -> None:
        """What still comes is read, and let go: closed at once, the peer would not get to read why."""
        closed = self.conn.close_sent
        if self.close_sent or closed is None:
            return
        told = {"type": "websocket.disconnect", "code": closed.code, "reason": closed.reason}
        queue: Any = self.queue
        queue.put_nowait(told)
        self._write_last()
        if self.transport.can_write_eof():
            # Its own last word would not be understood any more.
            self.transport.write_eof()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self._abort_later()

    def shutdown(self) -> None:
        if self.handshake_complete and not self.close_sent and self._spread:
            self.loop.call_later(
                _chance.uniform(0, self._spread),
                self.end,
                Code.RESTART,
                Code.RESTART.reason,
            )
        else:
            super().shutdown()
            self._abort_later()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._aborting:
            self._aborting.cancel()
        super().connection_lost(exc)

    async def run_asgi(self) -> None:
        await super().run_asgi()
        self._abort_later()

    def _write_last(self) -> None:
        """Past whatever waits, and then the peer has some time to say that it has read it."""
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.stop_keepalive()
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(GRACE, self.transport.abort)

    def _abort_later(self) -> None:
        """A transport that is closed goes on writing what it has, for as long as the peer takes nothing."""
        if self._aborting is None and not self.disconnected:
            self._aborting = self.loop.call_later(GRACE, self.transport.abort)


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
