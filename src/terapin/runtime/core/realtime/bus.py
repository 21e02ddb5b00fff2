"""What is said in rooms, from whoever says it to all who hear it; here within one process."""

from __future__ import annotations

import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic_core import to_json

from ..sources.manager import Sources
from .rooms import JOINED, LEFT, Room
from .settings import RealtimeSettings


class Bus(ABC):
    """`linger` is for how many seconds a room is worth keeping here that nobody is in."""

    linger: float

    @asynccontextmanager
    async def running(self, sources: Sources, settings: RealtimeSettings) -> AsyncIterator[None]:
        yield

    @abstractmethod
    async def open(self, room: Room) -> None:
        """From here on it gets what is said in it; raises Unavailable."""

    @abstractmethod
    def close(self, room: Room) -> None: ...

    @abstractmethod
    async def publish(self, room: Room, type_: bytes, data: bytes) -> None:
        """In the order of the calls. Raises Unavailable where it may not have been said."""

    @abstractmethod
    async def attend(self, room: Room) -> None:
        """Tell who is there by this process; the room says who has come and left by that. Raises Unavailable."""

    @abstractmethod
    async def keep(self, ticket: str, content: bytes, seconds: int) -> None:
        """For whoever takes it first."""

    @abstractmethod
    async def take(self, ticket: str) -> bytes | None: ...


class Memory(Bus):
    """Other processes hear nothing of it, and it ends with this one."""

    linger = 300.0

    def __init__(self) -> None:
        self._tickets: dict[str, tuple[bytes, float]] = {}

    async def open(self, room: Room) -> None:
        room.begin(secrets.token_hex(8), 0)

    def close(self, room: Room) -> None:
        """There is nobody who would go on telling of it."""

    async def publish(self, room: Room, type_: bytes, data: bytes) -> None:
        room.add(room.offset + 1, type_, data)

    async def attend(self, room: Room) -> None:
        there, known = room.members, set(room.present)
        for type_, subjects in ((JOINED, there - known), (LEFT, known - there)):
            for subject in sorted(subjects):
                room.add(room.offset + 1, type_, to_json({"subject": subject}))

    async def keep(self, ticket: str, content: bytes, seconds: int) -> None:
        now = time.monotonic()
        self._tickets = {name: each for name, each in self._tickets.items() if each[1] > now}
        self._tickets[ticket] = content, now + seconds

    async def take(self, ticket: str) -> bytes | None:
        content, until = self._tickets.pop(ticket, (None, 0.0))
        return content if time.monotonic() < until else None
