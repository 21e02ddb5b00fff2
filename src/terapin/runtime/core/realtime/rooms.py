"""Rooms: who is there, and what was said last."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import orjson

from .connections import Connection
from .declared import Channel
from .frames import Frame, aside, envelope
from .settings import RealtimeSettings

DISCONTINUITY = b'"discontinuity"'
SUBSCRIBED = b'"subscribed"'
# What a room with presence says of itself: who has come, and who has left.
JOINED, LEFT = b'"joined"', b'"left"'


@dataclass(frozen=True, slots=True)
class Position:
    """Up to where somebody has heard everything."""

    offset: int
    epoch: str


class Room:
    """Offsets count by one. Where they begin anew, or some are missing, it is another epoch or everybody is told."""

    def __init__(self, channel: Channel, name: str, settings: RealtimeSettings) -> None:
        self.channel = channel
        self.name = name
        self.key = f"{settings.prefix}ws:{channel.name}:{name}"
        self.epoch = ""
        self.offset = 0
        self.connections: dict[Connection, None] = {}
        # How many are on their way in.
        self.expected = 0
        self.empty_since = 0.0
        # The ids of the subjects that are there, in whichever process, as far as it has been told here.
        self.present: set[str] = set()
        self._name = orjson.dumps(name)
        self._epoch = b""
        self._kept: deque[Frame] = deque()
        self._bytes = 0
        self._most = max(settings.replay_messages, channel.history)
        self._most_bytes = settings.replay_bytes

    @property
    def position(self) -> Position:
        return Position(self.offset, self.epoch)

    @property
    def members(self) -> set[str]:
        """The ids of the subjects that are there by this process."""
        return {id_ for each in self.connections if (id_ := each.subject.id) is not None}

    def begin(self, epoch: str, offset: int, said: Iterable[tuple[int, bytes, bytes]] = ()) -> None:
        """At what somebody else knows of it: `said` are the last messages, up to `offset`.

        Whoever is there hears that something may be missing, unless nothing is.
        """
        if (epoch, offset) == (self.epoch, self.offset):
            return
        self.epoch, self._epoch = epoch, orjson.dumps(epoch)
        self.offset = offset
        self._kept.clear()
        self._bytes = 0
        for number, type_, data in said:
            self._keep(self._made(number, type_, data))
        self._tell(self._marked(DISCONTINUITY))

    def add(self, offset: int, type_: bytes, data: bytes) -> None:
        """To everybody who is there. Nothing that was there already is added again."""
        if offset <= self.offset:
            return
        if offset != self.offset + 1:
            self.begin(self.epoch, offset - 1)
        frame = self._made(offset, type_, data)
        self.offset = offset
        if type_ == JOINED:
            self.present.add(orjson.loads(data)["subject"])
        elif type_ == LEFT:
            self.present.discard(orjson.loads(data)["subject"])
        self._keep(frame)
        self._tell(frame)

    def enter(
        self, connection: Connection, position: Position | None, *, greeted: bool = False
    ) -> None:
        """After what it has missed, or what it is told of the past, and with nothing in between."""
        missed = None if position is None else self._since(position)
        if missed is None:
            missed = self._history()
            if position is not None:
                connection.deliver(self._marked(DISCONTINUITY, missed))
        if greeted:
            connection.deliver(self._marked(SUBSCRIBED, missed))
        for frame in missed:
            connection.deliver(frame)
        if self.channel.presence:
            connection.deliver(aside("present", {"subjects": sorted(self.present)}, self.name))
        self.connections[connection] = None

    def leave(self, connection: Connection) -> None:
        self.connections.pop(connection, None)

    def _since(self, position: Position) -> Sequence[Frame] | None:
        """None where not all of it is known."""
        number = self.offset - position.offset
        if position.epoch != self.epoch or not 0 <= number <= len(self._kept):
            return None
        return [*islice(self._kept, len(self._kept) - number, None)]

    def _keep(self, frame: Frame) -> None:
        self._kept.append(frame)
        self._bytes += len(frame)
        while self._kept and (self._bytes > self._most_bytes or len(self._kept) > self._most):
            self._bytes -= len(self._kept.popleft())

    def _history(self) -> Sequence[Frame]:
        said = (frame for frame in reversed(self._kept) if frame.is_said)
        return [*islice(said, self.channel.history)][::-1]

    def _made(self, offset: int, type_: bytes, data: bytes) -> Frame:
        is_said = type_ not in (JOINED, LEFT) or not self.channel.presence
        return envelope(type_, data, self._name, offset, self._epoch, is_said=is_said)

    def _marked(self, type_: bytes, before: Sequence[Frame] = ()) -> Frame:
        """`offset` is up to where everything has been heard when these are to come."""
        offset = (before[0].offset or 1) - 1 if before else self.offset
        return envelope(type_, b"null", self._name, offset, self._epoch)

    def _tell(self, frame: Frame) -> None:
        # One that is closed meanwhile leaves later.
        for connection in self.connections:
            connection.deliver(frame)
