"""What comes in over a socket: whether it may, what it means, and to whom it goes."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

import orjson
from pydantic import BaseModel, ValidationError
from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncSession

from ..database import session_of
from ..errors import Invalid, Problem
from ..sources.manager import current_sources
from .bus import Bus
from .codes import Code
from .connections import Connection
from .declared import Channel, Message
from .frames import aside
from .rooms import Room
from .settings import RealtimeSettings
from .subjects import Subject, allowed

P = TypeVar("P", bound=BaseModel)

logger = logging.getLogger(__name__)

_ANYTHING = b'"message"'


class RefusedError(Exception):
    """Raised by a handler: the sender is told why, and nobody else is told anything."""


class Incoming(Generic[P]):
    """A message that a handler gets."""

    def __init__(self, payload: P, room: str, subject: Subject) -> None:
        self.payload = payload
        self.room = room
        self.subject = subject

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A transaction: committed at the end of the block, rolled back if it raises."""
        async with session_of(current_sources()) as session:
            yield session


class Rate:
    """As many at once as a second has, and at least one."""

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._most = max(1.0, per_second)
        self._left = self._most
        self._at = time.monotonic()
        self._over = 0

    def takes(self) -> bool | None:
        """None where somebody has gone on although he was told."""
        now = time.monotonic()
        self._left = min(self._most, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left >= 1:
            self._left -= 1
            self._over = 0
            return True
        self._over += 1
        return False if self._over <= self._most else None

    @property
    def is_first(self) -> bool:
        """Of those for which there was no room, of which one is told of."""
        return self._over == 1


class Reader:
    """Of one socket in a room."""

    def __init__(self, connection: Connection, room: Room, bus: Bus, settings: RealtimeSettings):
        channel = room.channel
        self._connection = connection
        self._room = room
        self._bus = bus
        self._channel: Channel = channel
        self._settings = settings
        self._most = channel.max_message_bytes or settings.max_message_bytes
        self._rate = Rate(channel.rate_per_second or settings.rate_per_second)
        self._messages = {each.name: each for each in channel.messages}

    async def take(self, event: Any) -> None:
        text = event.get("text")
        if text is None:
            self._connection.end(Code.UNSUPPORTED)
        elif len(text) > self._most or len(text.encode()) > self._most:
            self._connection.end(Code.TOO_LARGE)
        elif not (takes := self._rate.takes()):
            if takes is None:
                self._connection.end(Code.TOO_FAST)
            elif self._rate.is_first:
                self._refuse(429, "these are too many messages")
        else:
            await self._take(text)

    async def _take(self, text: str) -> None:
        try:
            content = orjson.loads(text)
            subject, room = self._connection.subject, self._room.name
            is_told = self._channel.streams is not None
            if is_told or not await allowed(self._channel.policy.publish(subject, room)):
                self._refuse(403, "you may not say anything here")
            elif self._messages:
                await self._route(content)
            else:
                await self._bus.publish(self._room, _ANYTHING, orjson.dumps(content))
        except orjson.JSONDecodeError:
            self._refuse(400, "this is no JSON")
        except orjson.JSONEncodeError:
            self._refuse(400, "this is nested too deeply")
        except RefusedError as refusal:
            self._refuse(403, str(refusal))
        except Problem as problem:
            self._connection.deliver(self._error(orjson.loads(problem.response().body)))
        except TimeoutError:
            self._refuse(503, "there was no answer in time")
        except Exception:
            logger.exception("a message of %s was not handled", self._channel.name)
            self._refuse(500, "something went wrong; it was logged")

    async def _route(self, content: Any) -> None:
        if not isinstance(content, dict) or not isinstance(type_ := content.get("type"), str):
            self._refuse(400, 'a message is as {"type": …, "data": …}')
            return
        message = self._messages.get(type_)
        if message is None:
            known = ", ".join(self._messages)
            self._refuse(400, f"there are only messages of the types {known}")
            return
        try:
            data = content.get("data")
            payload = message.payload.model_validate_json(
                orjson.dumps({} if data is None else data)
            )
        except ValidationError as error:
            raise Invalid.body(error) from None
        await self._handle(message, payload)

    async def _handle(self, message: Message, payload: BaseModel) -> None:
        room = self._room
        handler: Callable[[Incoming[Any]], Any] = message.function()
        incoming = Incoming(payload, room.name, self._connection.subject)
        async with asyncio.timeout(self._settings.handler_timeout):
            payload = await handler(incoming) or payload
        data = to_json(payload, by_alias=True)
        if message.broadcast == "room":
            await self._bus.publish(room, to_json(message.name), data)
        elif message.broadcast == "sender":
            self._connection.deliver(aside(message.name, orjson.Fragment(data), room.name))

    def _refuse(self, status: int, detail: str) -> None:
        problem = Problem(detail, status=status)
        self._connection.deliver(self._error(orjson.loads(problem.response().body)))

    def _error(self, problem: Any) -> Any:
        return aside("error", problem, self._room.name)
