"""The changes of an entity, and who hears of them.

What a stream holds is which rows have changed. What of them somebody hears is read when it is told, once for all who
see the same, and what has changed several times meanwhile is told once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Hashable, Iterable, Sequence
from contextvars import Context, copy_context
from typing import Any, Protocol

import orjson

from ..changes import Change
from ..database import session_of
from ..resource import Resource
from ..sources.manager import current_sources
from .connections import Connection
from .declared import Channel
from .frames import Frame, envelope
from .rooms import DISCONTINUITY, SUBSCRIBED, Position, Room
from .seen import Changed, Only, Sight, unpacked
from .settings import RealtimeSettings
from .subjects import Admission

logger = logging.getLogger(__name__)

# No channel that somebody declares is called so.
CHANGES = Channel("/changes", Admission())

# What comes within this is told together, in seconds.
_GATHERED = 0.02
# Rows that are read at once, and beyond how many it is only told that some have changed.
_AT_ONCE = 200
_MOST = 5_000
# Sights that are read for at the same time.
_TOGETHER = 4
_ATTEMPTS = 3
_PAUSE = 0.5


class Form(Protocol):
    """How it is told. Those that are equal are made once."""

    only: Only | None
    # Whether it tells what REST embeds.
    embeds: bool

    def __hash__(self) -> int: ...

    async def pieces(self, sight: Sight, epoch: str) -> tuple[Sequence[Any], bool]:
        """And whether something could not be told."""

    def lost(self, position: Position) -> Any:
        """The piece for whoever may have missed something."""


class Listener:
    """Somebody at a socket, in the context of whom rows are read."""

    def __init__(self, connection: Connection, form: Form, sight: Hashable) -> None:
        self.connection = connection
        self.form = form
        self.sight = sight
        self.context = copy_context()

    def hear(self, piece: Any) -> None:
        self.connection.deliver(piece)


class RoomForm:
    """Of a channel: an envelope with what REST answers."""

    embeds = True

    def __init__(self, name: str, only: Only | None) -> None:
        self.only = only
        self._name = orjson.dumps(name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RoomForm) and self._name == other._name and self.only == other.only

    def __hash__(self) -> int:
        return hash((self._name, self.only))

    async def pieces(self, sight: Sight, epoch: str) -> tuple[Sequence[Frame], bool]:
        told, is_lost = sight.told(self.only)
        spelt = orjson.dumps(epoch)
        frames = [
            envelope(orjson.dumps(each.type), sight.content(each), self._name, each.position, spelt)
            for each in told
        ]
        return frames, is_lost

    def lost(self, position: Position) -> Frame:
        return self.marked(DISCONTINUITY, position)

    def marked(self, type_: bytes, position: Position) -> Frame:
        epoch = orjson.dumps(position.epoch)
        return envelope(type_, b"null", self._name, position.offset, epoch)


class Feed(Room):
    """A room in which nobody hears what is said, but what it comes to for them."""

    def __init__(self, resource: Resource, settings: RealtimeSettings) -> None:
        super().__init__(CHANGES, resource.name, settings)
        self.resource = resource
        self.listeners: dict[Listener, None] = {}
        self._waiting: list[Frame] = []
        self._newcomers: list[tuple[Listener, Sequence[Frame]]] = []
        self._telling: asyncio.Task[None] | None = None

    def begin(self, epoch: str, offset: int, said: Iterable[tuple[int, bytes, bytes]] = ()) -> None:
        if (epoch, offset) != (self.epoch, self.offset):
            self._waiting.clear()
        super().begin(epoch, offset, said)

    def listen(
        self, listener: Listener, position: Position | None = None, *, greeted: bool = False
    ) -> None:
        """From here on, after what it has missed."""
        missed = None if position is None else self._since(position)
        form = listener.form
        if position is not None and missed is None:
            listener.hear(form.lost(self.position))
        if greeted and isinstance(form, RoomForm):
            at = self.position if missed is None or position is None else position
            listener.hear(form.marked(SUBSCRIBED, at))
        if missed:
            self._newcomers.append((listener, missed))
            self._go()
        self.listeners[listener] = None

    def dismiss(self, listener: Listener) -> None:
        self.listeners.pop(listener, None)

    def _made(self, offset: int, type_: bytes, data: bytes) -> Frame:
        return Frame(data, offset)

    def _marked(self, type_: bytes, before: Sequence[Frame] = ()) -> Frame:
        """Nobody knows what has changed."""
        return Frame(b"null", self.offset)

    def _tell(self, frame: Frame) -> None:
        if self.listeners:
            self._waiting.append(frame)
            self._go()

    def _go(self) -> None:
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell_all(), context=Context())

    @property
    def task(self) -> asyncio.Task[None] | None:
        return self._telling

    async def _tell_all(self) -> None:
        await asyncio.sleep(_GATHERED)
        while self._waiting or self._newcomers:
            newcomers, self._newcomers = self._newcomers, []
            frames, self._waiting = self._waiting, []
            epoch, listeners = self.epoch, [*self.listeners]
            try:
                for listener, missed in newcomers:
                    await self._tell_some([listener], missed, epoch)
                await self._tell_some(listeners, frames, epoch)
            except Exception:
                logger.exception("changes of %s were not told", self.name)
                for listener in listeners:
                    listener.hear(listener.form.lost(Position(self.offset, epoch)))

    async def _tell_some(
        self, listeners: Sequence[Listener], frames: Sequence[Frame], epoch: str
    ) -> None:
        if not frames:
            return
        changes, is_lost = _coalesced(self.resource, frames)
        groups: dict[Hashable, list[Listener]] = {}
        for listener in listeners:
            groups.setdefault(listener.sight, []).append(listener)
        missing: set[Listener] = set(listeners) if is_lost else set()
        turns = asyncio.Semaphore(_TOGETHER)
        for start in range(0, len(changes), _AT_ONCE):
            some = changes[start : start + _AT_ONCE]

            async def tell(group: list[Listener], some: Sequence[Changed] = some) -> None:
                async with turns:
                    missing.update(await self._tell_group(group, some, epoch))

            await asyncio.gather(*map(tell, groups.values()))
        position = Position(frames[-1].offset or 0, epoch)
        for listener in missing:
            listener.hear(listener.form.lost(position))

    async def _tell_group(
        self, group: Sequence[Listener], changes: Sequence[Changed], epoch: str
    ) -> Iterable[Listener]:
        """Those who cannot be told everything."""
        there = [each for each in group if each in self.listeners and each.connection.code is None]
        changes = _concerning(there, changes, self.resource)
        if not changes or not there:
            return ()
        for attempt in range(_ATTEMPTS):
            work = _made(self.resource, {each.form for each in there}, changes, epoch)
            context = there[0].context.copy()
            try:
                made = await asyncio.create_task(work, context=context)
                break
            except Exception as error:
                if attempt == _ATTEMPTS - 1:
                    logger.warning("changes of %s cannot be told: %r", self.name, error)
                    return there
            await asyncio.sleep(_PAUSE)
        for listener in there:
            for piece in made[listener.form][0]:
                listener.hear(piece)
        return [each for each in there if made[each.form][1]]


async def _made(
    resource: Resource, forms: Iterable[Form], changes: Sequence[Changed], epoch: str
) -> dict[Form, tuple[Sequence[Any], bool]]:
    async with session_of(current_sources()) as session:
        sight = Sight(resource, session, changes)
        await sight.look(embeds=any(form.embeds for form in forms))
    # Without its connection: what else is read has another.
    return {form: await form.pieces(sight, epoch) for form in forms}


def _coalesced(resource: Resource, frames: Sequence[Frame]) -> tuple[list[Changed], bool]:
    """Each row once, where it changed last; and whether there are others of which nobody knows."""
    found: dict[Any, tuple[Change, int]] = {}
    is_lost = False
    for frame in frames:
        rows = unpacked(resource, frame.text)
        is_lost = is_lost or rows is None
        for key, change in (rows or {}).items():
            before = found.pop(key, None)
            found[key] = before[0].then(change) if before else change, frame.offset or 0
    if len(found) > _MOST:
        return [], True
    # Whoever comes back having heard one of several hears of all of them again.
    last = {offset: key for key, (_, offset) in found.items()}
    changes = [
        Changed(key, change, offset if last[offset] == key else offset - 1)
        for key, (change, offset) in found.items()
    ]
    return changes, is_lost


def _concerning(
    listeners: Iterable[Listener], changes: Sequence[Changed], resource: Resource
) -> Sequence[Changed]:
    """Where all of them wait for single rows, of these."""
    key, keys = resource.entity.key.attribute, set()
    for each in listeners:
        only = each.form.only
        if only is None or only.attribute != key:
            return changes
        keys.add(only.value)
    return [each for each in changes if each.key in keys]
