"""A request and its answer, as ASGI has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from starlette.types import Message, Receive, Scope

JSON = (b"content-type", b"application/json")
Headers = Sequence[tuple[bytes, bytes]]


class Answer(NamedTuple):
    status: int
    headers: Headers
    body: bytes = b""


class Incoming:
    """A request whose body may be read here and be received again by somebody else."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope = scope
        self._receive = receive
        self._received: list[Message] = []
        # Why it is not answered, for those who ask.
        self.reason = "it is for the ordinary path to judge"

    def header(self, name: bytes) -> bytes | None:
        """Of several with the name, the first."""
        for each, value in self.scope["headers"]:
            if each == name:
                found: bytes = value
                return found
        return None

    def media_type(self) -> bytes:
        """Of the body."""
        return (self.header(b"content-type") or b"").partition(b";")[0].strip().lower()

    async def body(self) -> bytes:
        more = True
        while more:
            message = await self._receive()
            self._received.append(message)
            more = message["type"] == "http.request" and message.get("more_body", False)
        return b"".join(each.get("body", b"") for each in self._received)

    async def again(self) -> Message:
        return self._received.pop(0) if self._received else await self._receive()


def joined(before: bytes, objects: Sequence[bytes], behind: bytes) -> bytes:
    """A list between two texts, copied once: what is large costs more to copy than all else that is done for it here."""
    if not objects:
        return before + behind
    parts = [b","] * (2 * len(objects) + 1)
    parts[1::2] = objects
    parts[0], parts[-1] = before, behind
    return b"".join(parts)
