"""The sockets and rooms of a process while its application runs."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, TypeVar

from pydantic_core import to_json

from ..changes import Change
from ..errors import Problem, Unavailable
from ..resilience.deadlines import ended
from ..resource import Resource
from ..sources.manager import Sources
from .bus import Bus
from .codes import Code
from .connections import Connection
from .declared import Channel
from .feeds import CHANGES, Feed
from .rooms import Room
from .seen import packed
from .settings import RealtimeSettings
from .streamed import Streamed, Teller
from .subjects import Guard

AnyRoom = TypeVar("AnyRoom", bound=Room)

logger = logging.getLogger(__name__)

# Who comes and leaves within this is told together, and how often it is told anyway, in seconds.
_GATHERED = 0.1
_TOLD = 5.0
# Between two looks at who may not stay, in seconds.
_PAUSE = 0.5


class Hub:
    def __init__(
        self,
        channels: Sequence[Channel],
        bus: Bus,
        settings: RealtimeSettings,
        guard: Guard | None,
        streamed: Streamed,
    ) -> None:
        self.bus = bus
        self.settings = settings
        self.guard = guard
        self.received: Counter[str] = Counter()
        self.delivered: Counter[str] = Counter()
        self.closed: Counter[Code] = Counter()
        # By whoever knows that somebody may not stay.
        self._called = asyncio.Event()
        # With the channel of each.
        self._connections: dict[Connection, str] = {}
        self._of_subject: Counter[str] = Counter()
        self._rooms: dict[tuple[str, str], Room] = {}
        self._opened: dict[Room, asyncio.Task[None]] = {}
        self._channels = channels
        # Rooms with presence in which somebody has come or left.
        self._attending: set[Room] = set()
        self._teller = Teller(streamed, self._tell)

    @asynccontextmanager
    async def running(self, sources: Sources) -> AsyncIterator[None]:
        async with self.bus.running(sources, self.settings), self._teller.telling(sources):
            looking = [asyncio.create_task(self._look())]
            if any(channel.presence for channel in self._channels):
                looking.append(asyncio.create_task(self._tell_of_presence()))
            listeners = self.guard.listeners if self.guard else []
            listeners.append(self._called.set)
            try:
                yield
            finally:
                listeners.remove(self._called.set)
                feeds = (room for room in self._rooms.values() if isinstance(room, Feed))
                telling = [each.task for each in feeds if each.task]
                await ended(*looking, *self._opened.values(), *telling)
                for room in self._attending:
                    with suppress(Exception):
                        await asyncio.wait_for(self.bus.attend(room), 1)

    async def publish(self, channel: Channel, room: str, type_: str, data: Any) -> None:
        """To everybody in a room, from wherever; raises Unavailable."""
        opened = self._room(channel, room)
        with self._expecting(opened):
            await self._open(opened)
            await self.bus.publish(opened, to_json(type_), to_json(data))

    @asynccontextmanager
    async def inside(
        self, connection: Connection, channel: Channel, name: str
    ) -> AsyncIterator[Room]:
        """The room, which it has yet to enter. Raises Unavailable, also where there is no place."""
        room = self._room(channel, name)
        with self._expecting(room), self.holding(connection, channel.name):
            await self._open(room)
            self._attend(room)
            try:
                yield room
            finally:
                room.leave(connection)
                self._attend(room)

    @contextmanager
    def holding(self, connection: Connection, channel: str) -> Iterator[None]:
        """Inside, it is looked after. Raises Unavailable where there is no place."""
        if len(self._connections) >= self.settings.max_connections:
            raise Unavailable("there are too many sockets")
        self._connections[connection] = channel
        self._of_subject[connection.subject.principal] += 1
        try:
            yield
        finally:
            del self._connections[connection]
            self._forget(connection, channel)

    @asynccontextmanager
    async def feed(self, resource: Resource) -> AsyncIterator[Feed]:
        """The changes of a resource. Raises Unavailable."""
        feed = self._feed(resource)
        with self._expecting(feed):
            await self._open(feed)
            yield feed

    async def _tell(self, resource: Resource, rows: Mapping[Any, Change] | None) -> None:
        async with self.feed(resource) as feed:
            for data in packed(resource, rows):
                await self.bus.publish(feed, b'"changes"', data)

    @contextmanager
    def _expecting(self, room: Room) -> Iterator[None]:
        """Inside, it is not closed."""
        room.expected += 1
        try:
            yield
        finally:
            room.expected -= 1
            room.empty_since = time.monotonic()

    def _attend(self, room: Room) -> None:
        """Soon, and once for all that come and leave meanwhile."""
        if room.channel.presence:
            self._attending.add(room)

    async def _tell_of_presence(self) -> None:
        """Who is there is told again and again, so that it is known when nobody does."""
        told = time.monotonic()
        while True:
            await asyncio.sleep(_GATHERED)
            rooms, self._attending = self._attending, set()
            if time.monotonic() - told >= _TOLD:
                told = time.monotonic()
                rooms |= {room for room in self._rooms.values() if room.channel.presence}
            for room in rooms:
                try:
                    await self.bus.attend(room)
                except Exception as error:
                    self._attending.add(room)
                    logger.debug("who is in %s is not told: %r", room.name, error)

    def has_place_for(self, principal: str) -> bool:
        return self._of_subject[principal] < self.settings.max_connections_per_subject

    def connections(self) -> Counter[str]:
        """By channel."""
        return Counter(self._connections.values())

    def all_delivered(self) -> Counter[str]:
        """By channel, to those who are there included."""
        delivered = Counter(self.delivered)
        for connection, channel in self._connections.items():
            delivered[channel] += connection.delivered
        return delivered

    def _forget(self, connection: Connection, channel: str) -> None:
        self.delivered[channel] += connection.delivered
        if connection.code is not None:
            self.closed[connection.code] += 1
        principal = connection.subject.principal
        self._of_subject[principal] -= 1
        if not self._of_subject[principal]:
            del self._of_subject[principal]

    def _room(self, channel: Channel, name: str) -> Room:
        room = self._rooms.get((channel.name, name))
        return room or self._add(Room(channel, name, self.settings))

    def _feed(self, resource: Resource) -> Feed:
        feed = self._rooms.get((CHANGES.name, resource.name))
        return feed if isinstance(feed, Feed) else self._add(Feed(resource, self.settings))

    def _add(self, room: AnyRoom) -> AnyRoom:
        self._make_place()
        room.empty_since = time.monotonic()
        self._rooms[room.channel.name, room.name] = room
        return room

    def _make_place(self) -> None:
        """Nobody needs the room that has been empty for longest."""
        if len(self._rooms) < self.settings.max_rooms:
            return
        empty = [room for room in self._rooms.values() if not room.expected]
        if not empty:
            raise Unavailable("there are too many rooms")
        self._close(min(empty, key=lambda room: room.empty_since))

    def _close(self, room: Room) -> None:
        del self._rooms[room.channel.name, room.name]
        if opened := self._opened.pop(room, None):
            opened.cancel()
        self.bus.close(room)

    async def _open(self, room: Room) -> None:
        """Once, whoever comes meanwhile."""
        opened = self._opened.get(room)
        if opened is None or (opened.done() and (opened.cancelled() or opened.exception())):
            opened = self._opened[room] = asyncio.create_task(self.bus.open(room))
        await asyncio.shield(opened)

    async def _look(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._called.wait(), _PAUSE)
            is_called = self._called.is_set()
            self._called.clear()
            try:
                for connection in self._connections:
                    self._check(connection, is_called=is_called)
                self._close_rooms()
            except Exception:
                logger.exception("the rooms were not looked after")

    def _check(self, connection: Connection, *, is_called: bool) -> None:
        subject = connection.subject
        if connection.code is not None:
            return
        if connection.is_stalled:
            connection.end(Code.SLOW)
        elif subject.expires is not None and subject.expires <= time.time():
            connection.end(Code.EXPIRED)
        elif is_called and self.guard is not None and not subject.is_anonymous:
            try:
                self.guard.check(subject)
            except Unavailable:
                # It is not known, and was good before.
                return
            except Problem:
                connection.end(Code.REVOKED)

    def _close_rooms(self) -> None:
        """In which nobody is, and nobody was for long enough."""
        late = time.monotonic() - self.bus.linger
        for room in list(self._rooms.values()):
            if not room.expected and room.empty_since < late and room not in self._attending:
                self._close(room)
