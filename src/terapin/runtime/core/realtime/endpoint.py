"""Sockets from their handshake to their end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson
from fastapi import FastAPI
from starlette.routing import WebSocketRoute
from starlette.types import Message, Receive, Scope, Send

from ..errors import Forbidden, Problem, Unavailable
from ..guard import check_shown
from ..resource import Resource
from .channels import Realtime
from .codes import Code
from .connections import Connection
from .declared import Channel
from .feeds import Listener, RoomForm
from .hub import Hub
from .incoming import Reader
from .metrics import watch
from .outlets import AsgiOutlet, Outlet
from .rooms import Position, Room
from .seen import Only, sight
from .streamed import streamed_of
from .subjects import NOBODY, Subject, allowed, subject_of

logger = logging.getLogger(__name__)

# In a scope, where the server's protocol is ours: see protocol.py.
_EXTENSION = "service.outlet"
# As subprotocols, since pages can send no headers: `bearer.TOKEN`, `ticket.TICKET`, and that the first message is ours.
_BEARER, _TICKET, HELLO = "bearer.", "ticket.", "hello"
# What nobody may put where logs have it.
_SECRET = frozenset({"token", "access_token", "bearer", "jwt", "authorization", "api_key"})
_LONGEST_NAME = 200


class ClosingError(Exception):
    def __init__(self, code: Code) -> None:
        super().__init__(code.reason)
        self.code = code


@dataclass(frozen=True, slots=True)
class Handshake:
    """What it says, beside the headers that security knows."""

    subprotocol: str | None
    token: str | None
    ticket: str | None
    says_hello: bool
    has_secret: bool
    position: Position | None

    @classmethod
    def of(cls, scope: Scope) -> Handshake:
        offered: Sequence[str] = scope.get("subprotocols", ())
        secret = [each for each in offered if each.startswith((_BEARER, _TICKET))]
        plain = [each for each in offered if each not in secret]
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        return cls(
            # Pages take it ill if none of those that they offer is chosen.
            subprotocol=next(iter([*plain, *secret]), None),
            token=_after(_BEARER, secret),
            ticket=_after(_TICKET, secret) or query.get("ticket"),
            says_hello=HELLO in plain,
            has_secret=not _SECRET.isdisjoint(map(str.lower, query)),
            position=_position(query),
        )


def install_channels(app: FastAPI, realtime: Realtime) -> None:
    watch(app.state.metrics, app.state)
    streamed = streamed_of(app)
    for channel in realtime.channels:
        if channel.streams is not None:
            is_key = channel.by == channel.streams.entity.key.attribute
            streamed.add(channel.streams, None if is_key else channel.by)
        app.router.routes.append(WebSocketRoute(channel.path, Socket(app, channel)))


class Socket:
    """A channel's endpoint, in plain ASGI."""

    def __init__(self, app: FastAPI, channel: Channel) -> None:
        self._app = app
        self._channel = channel

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        hub: Hub = self._app.state.realtime
        await receive()
        if not await is_from_here(self._app, scope, send):
            return
        name = "/".join(map(str, scope["path_params"].values()))
        is_name = len(name) <= _LONGEST_NAME and name.isprintable()
        if not is_name or not _is_room(self._channel, name):
            await _deny(Problem("there is no such room", status=404), scope, send)
            return
        async with outlet_of(scope, send) as outlet:
            await _Visit(hub, self._channel, name, scope, receive, send, outlet).run()


@asynccontextmanager
async def outlet_of(scope: Scope, send: Send) -> AsyncIterator[Outlet]:
    """The server's protocol where it is ours."""
    outlet: Outlet | None = scope.get("extensions", {}).get(_EXTENSION)
    if outlet is not None:
        yield outlet
        return
    own = AsgiOutlet(send)
    try:
        yield own
    except asyncio.CancelledError:
        if not own.has_ended:
            raise
        # It was our own word, which nobody has taken.
        task = asyncio.current_task()
        assert task
        task.uncancel()
    finally:
        await own.aclose()


class _Visit:
    """Of one peer to a room."""

    def __init__(
        self,
        hub: Hub,
        channel: Channel,
        name: str,
        scope: Scope,
        receive: Receive,
        send: Send,
        outlet: Outlet,
    ) -> None:
        self._hub = hub
        self._channel = channel
        self._name = name
        self._scope = scope
        self._receive = receive
        self._send = send
        self._outlet = outlet
        self._handshake = Handshake.of(scope)
        self._most = channel.max_message_bytes or hub.settings.max_message_bytes
        self._is_accepted = False

    async def run(self) -> None:
        self._outlet.limit(max_bytes=self._most, spread=self._hub.settings.close_spread)
        try:
            arrived = await self._arrive()
            if arrived is not None:
                await self._stay(*arrived)
        except ClosingError as closing:
            await self._close(closing.code)
        except (Unavailable, TimeoutError):
            await self._close(Code.TRY_LATER)

    async def _stay(self, subject: Subject, position: Position | None) -> None:
        hub = self._hub
        connection = Connection(self._outlet, hub.settings, subject)
        if self._channel.streams is not None:
            with acting(hub, subject):
                await self._listen(connection, self._channel.streams, position)
            return
        async with hub.inside(connection, self._channel, self._name) as room:
            # Whoever is let in hears everything from then on.
            await self._accept()
            room.enter(connection, position, greeted=self._handshake.says_hello)
            reader = Reader(connection, room, hub.bus, hub.settings)
            with acting(hub, subject):
                await self._read(connection, reader)

    async def _listen(
        self, connection: Connection, resource: Resource, position: Position | None
    ) -> None:
        hub, channel = self._hub, self._channel
        only = _only(channel, self._name)
        form = RoomForm(self._name, only)
        try:
            if only is not None:
                check_shown(resource, only.attribute)
        except Forbidden:
            raise ClosingError(Code.FORBIDDEN) from None
        with hub.holding(connection, channel.name):
            async with hub.feed(resource) as feed:
                await self._accept()
                listener = Listener(connection, form, sight(resource, connection.subject))
                feed.listen(listener, position, greeted=self._handshake.says_hello)
                try:
                    reader = Reader(
                        connection, Room(channel, self._name, hub.settings), hub.bus, hub.settings
                    )
                    await self._read(connection, reader)
                finally:
                    feed.dismiss(listener)

    async def _read(self, connection: Connection, reader: Reader) -> None:
        while (event := await self._receive())["type"] == "websocket.receive":
            self._hub.received[self._channel.name] += 1
            if connection.code is None:
                await reader.take(event)

    async def _accept(self) -> None:
        """Only what is accepted can be closed with a code that pages get to see."""
        if not self._is_accepted:
            self._is_accepted = True
            chosen = self._handshake.subprotocol
            await self._send({"type": "websocket.accept", "subprotocol": chosen})

    async def _close(self, code: Code) -> None:
        await self._accept()
        self._hub.closed[code] += 1
        self._outlet.end(code, code.reason)

    async def _arrive(self) -> tuple[Subject, Position | None] | None:
        """Who it is, and up to where it has heard everything; None where it has left. Raises ClosingError."""
        hub, handshake = self._hub, self._handshake
        if handshake.has_secret:
            raise ClosingError(Code.TOKEN_IN_URL)
        subject, position = await known(hub, self._scope, handshake), handshake.position
        may = await self._may(subject)
        if handshake.says_hello or (not may and subject.is_anonymous and hub.guard):
            await self._accept()
            first = await _first(hub, self._receive, self._most)
            if first is None:
                return None
            position = _resumed(first) or position
            if "authenticate" in first:
                subject = await of_token(hub, first["authenticate"])
                may = await self._may(subject)
        if not may:
            raise ClosingError(Code.UNAUTHENTICATED if subject.is_anonymous else Code.FORBIDDEN)
        if not subject.is_anonymous and not hub.has_place_for(subject.principal):
            raise ClosingError(Code.TOO_MANY)
        return subject, position

    async def _may(self, subject: Subject) -> bool:
        with acting(self._hub, subject):
            return await allowed(self._channel.policy.subscribe(subject, self._name))


def acting(hub: Hub, subject: Subject) -> AbstractContextManager[None]:
    """Inside, what policies and handlers ask of services they ask in its name. Where nobody has asked who it is, there is none, as at any request."""
    if hub.guard is None or subject is NOBODY:
        return nullcontext()
    return hub.guard.acting(subject)


async def known(hub: Hub, scope: Scope, handshake: Handshake) -> Subject:
    subject = subject_of(scope)
    if not subject.is_anonymous or hub.guard is None:
        return subject
    if handshake.token is not None:
        return await of_token(hub, handshake.token)
    if handshake.ticket is not None:
        packed = await hub.bus.take(handshake.ticket)
        if packed is None:
            raise ClosingError(Code.UNAUTHENTICATED)
        try:
            return hub.guard.unpacked(packed)
        except Unavailable:
            raise
        except Problem:
            raise ClosingError(Code.UNAUTHENTICATED) from None
    return subject


async def of_token(hub: Hub, token: Any) -> Subject:
    if hub.guard is None:
        return NOBODY
    if not isinstance(token, str):
        raise ClosingError(Code.UNAUTHENTICATED)
    try:
        return await hub.guard.verified(token.encode())
    except Unavailable:
        raise
    except Problem:
        raise ClosingError(Code.UNAUTHENTICATED) from None


async def _first(hub: Hub, receive: Receive, most: int) -> Mapping[str, Any] | None:
    """The message that has to come before anything else; None where the peer has left."""
    try:
        async with asyncio.timeout(hub.settings.authenticate_within):
            event = await receive()
    except TimeoutError:
        raise ClosingError(Code.LATE) from None
    if event["type"] != "websocket.receive":
        return None
    text = event.get("text")
    if text is None:
        raise ClosingError(Code.UNSUPPORTED)
    if len(text) > most:
        raise ClosingError(Code.TOO_LARGE)
    try:
        content = orjson.loads(text)
    except ValueError:
        raise ClosingError(Code.MALFORMED) from None
    if not isinstance(content, dict) or set(content) - {"authenticate", "resume"}:
        raise ClosingError(Code.MALFORMED)
    return content


def _resumed(first: Mapping[str, Any]) -> Position | None:
    if first.get("resume") is None:
        return None
    match first["resume"]:
        case {"offset": int(offset), "epoch": str(epoch)}:
            return Position(offset, epoch)
    raise ClosingError(Code.MALFORMED)


def _position(query: Mapping[str, str]) -> Position | None:
    offset = query.get("offset", "")
    if not offset.isascii() or not offset.isdigit() or len(offset) > 18:
        return None
    return Position(int(offset), query.get("epoch", ""))


def _after(prefix: str, offered: Sequence[str]) -> str | None:
    found = (each for each in offered if each.startswith(prefix))
    return next((each.removeprefix(prefix) for each in found), None)


async def is_from_here(app: FastAPI, scope: Scope, send: Send) -> bool:
    """Whoever is not has been told."""
    is_here = _is_from_here(scope, app.state.settings.allowed_origins)
    if not is_here:
        await _deny(Problem("pages of this origin may not connect", status=403), scope, send)
    return is_here


def _is_from_here(scope: Scope, origins: Sequence[str]) -> bool:
    """Browsers say where a page is from, and would send it anybody's cookies; others need not be asked."""
    headers = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin-1")
    if not origin or origin in origins or "*" in origins:
        return True
    host = headers.get(b"host", b"").decode("latin-1")
    return bool(host) and urlsplit(origin).netloc.lower() == host.lower()


def _only(channel: Channel, name: str) -> Only | None:
    """Raises ValueError."""
    if channel.streams is None or channel.by is None:
        return None
    return Only(channel.by, channel.streams.by_attribute[channel.by].parse(name))


def _is_room(channel: Channel, name: str) -> bool:
    try:
        _only(channel, name)
    except ValueError:
        return False
    return True


async def _deny(problem: Problem, scope: Scope, send: Send) -> None:
    """As HTTP, where the server can."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008})
        return

    async def receive() -> Message:
        return {"type": "websocket.disconnect"}

    await problem.response()(scope, receive, send)
