"""What is sent: made once, for however many sockets."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.types import Message


class Frame:
    """`offset` is its place in the room, if it has one. What servers need of it is made when one needs it."""

    __slots__ = ("_event", "framed", "is_said", "offset", "text")

    def __init__(self, text: bytes, offset: int | None = None, *, is_said: bool = True) -> None:
        self.text = text
        self.offset = offset
        # By somebody, and not by the room itself.
        self.is_said = is_said
        # As it goes over the wire, where somebody has made it.
        self.framed: bytes | None = None
        self._event: Message | None = None

    @property
    def event(self) -> Message:
        if self._event is None:
            self._event = {"type": "websocket.send", "text": self.text.decode()}
        return self._event

    def __len__(self) -> int:
        return len(self.text)


def envelope(
    type_: bytes, data: bytes, room: bytes, offset: int, epoch: bytes, *, is_said: bool = True
) -> Frame:
    """All but the offset are JSON."""
    text = b'{"type":%b,"data":%b,"room":%b,"offset":%d,"epoch":%b}'
    return Frame(text % (type_, data, room, offset, epoch), offset, is_said=is_said)


def aside(type_: str, data: Any, room: str) -> Frame:
    """What one socket is told, which is nothing that was said in the room."""
    content = {"type": type_, "data": data, "room": room, "offset": None, "epoch": None}
    return Frame(orjson.dumps(content))
