"""Subscriptions, by the protocol `graphql-transport-ws`. What they tell comes from where channels have it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, cast

import orjson
from fastapi import FastAPI, Request
from graphql import ExecutionResult, execute, subscribe
from starlette.requests import HTTPConnection
from starlette.routing import WebSocketRoute
from starlette.types import Receive, Scope, Send
from strawberry.types.execution import ExecutionResult as Answered

from ..errors import Problem, Unavailable
from ..realtime.codes import Code
from ..realtime.connections import Connection
from ..realtime.endpoint import (
    ClosingError,
    Handshake,
    acting,
    is_from_here,
    known,
    of_token,
    outlet_of,
)
from ..realtime.feeds import Listener
from ..realtime.frames import Frame
from ..realtime.hub import Hub
from ..realtime.incoming import Rate
from ..realtime.outlets import Outlet
from ..realtime.rooms import Position
from ..realtime.seen import Only, Sight, personal
from ..realtime.streamed import streamed_of
from ..realtime.subjects import Subject
from .changes import Changed
from .context import Context
from .documents import Document
from .endpoint import PATH, GraphQL
from .errors import RefusedError, failures, refusal
from .execution import answer
from .requests import Asked, asked_by_socket, dumped
from .schema import core_schema

PROTOCOL = "graphql-transport-ws"
_CHANNEL = "graphql"

Json = dict[str, Any]


def install_subscriptions(app: FastAPI) -> None:
    graphql: GraphQL = app.state.graphql
    streamed = streamed_of(app)
    for field in graphql.schema.subscribed:
        streamed.add(field.resource)
    app.router.routes.append(WebSocketRoute(PATH, Sockets(app)))


class Sockets:
    """In plain ASGI."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        if await is_from_here(self._app, scope, send):
            async with outlet_of(scope, send) as outlet:
                await _Visit(self._app, scope, receive, send, outlet).run()


class Selection:
    """What of changes somebody asks for. Those of one text and the same variables are answered once."""

    embeds = False

    def __init__(
        self, graphql: GraphQL, document: Document, asked: Asked, scope: Scope, context: Context
    ) -> None:
        assert context.subscribed
        self.field: Changed
        self.field, key = context.subscribed
        attribute = self.field.resource.entity.key.attribute
        self.only = None if key is None else Only(attribute, key)
        self._graphql = graphql
        self._document = document
        self._asked = asked
        self._scope = scope
        self._identity = document.text, asked.operation_name, dumped(asked.variables)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Selection) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    async def pieces(self, sight: Sight, epoch: str) -> tuple[Sequence[bytes], bool]:
        """Rows that were changed together are read together."""
        told, is_lost = sight.told(self.only)
        changes = [self.field.told(each.type, each.key, each.row) for each in told]
        async with _context(self._graphql, self._document, self._scope) as context:

            async def made(change: Any) -> ExecutionResult:
                result = self._executed(change, context)
                return await result if isinstance(result, Awaitable) else result

            results = await asyncio.gather(*map(made, changes))
        return [self._payload(each) for each in results], is_lost

    def lost(self, position: Position) -> bytes:
        context = _context(self._graphql, self._document, self._scope)
        result = self._executed(self.field.told("discontinuity"), context)
        # There is no row, of which something would have to be read.
        assert isinstance(result, ExecutionResult)
        return self._payload(result)

    def _executed(
        self, change: Any, context: Context
    ) -> Awaitable[ExecutionResult] | ExecutionResult:
        return execute(
            core_schema(self._graphql.schema),
            self._document.node,
            root_value=change,
            context_value=context,
            variable_values={**self._asked.variables},
            operation_name=self._asked.operation_name,
        )

    def _payload(self, result: ExecutionResult) -> bytes:
        return dumped(told_by(self._graphql, result))


def told_by(graphql: GraphQL, result: ExecutionResult) -> Json:
    errors = failures(result.errors or (), graphql.errors, suggestions=graphql.development)
    return answer(Answered(data=result.data, errors=result.errors), errors)


def _context(graphql: GraphQL, document: Document, scope: Scope) -> Context:
    request = cast(Request, HTTPConnection(scope))
    return Context(request, document.node, graphql.errors)


class _Subscriber(Listener):
    def __init__(self, id_: str, connection: Connection, form: Selection) -> None:
        super().__init__(connection, form, personal(connection.subject))
        self._id = orjson.dumps(id_)

    def hear(self, piece: bytes) -> None:
        text = b'{"id":%b,"type":"next","payload":%b}' % (self._id, piece)
        self.connection.deliver(Frame(text))


class _Visit:
    """Of one peer."""

    def __init__(
        self, app: FastAPI, scope: Scope, receive: Receive, send: Send, outlet: Outlet
    ) -> None:
        self._hub: Hub = app.state.realtime
        self._graphql: GraphQL = app.state.graphql
        self._scope = scope
        self._receive = receive
        self._send = send
        self._outlet = outlet
        self._most = self._hub.settings.max_message_bytes
        self._running: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        self._outlet.limit(max_bytes=self._most, spread=self._hub.settings.close_spread)
        is_spoken = PROTOCOL in self._scope.get("subprotocols", ())
        subprotocol = PROTOCOL if is_spoken else None
        await self._send({"type": "websocket.accept", "subprotocol": subprotocol})
        try:
            if not is_spoken:
                raise ClosingError(Code.SUBPROTOCOL)
            subject = await self._arrive()
            if subject is not None:
                await self._stay(subject)
        except ClosingError as closing:
            self._close(closing.code)
        except (Unavailable, TimeoutError):
            self._close(Code.TRY_LATER)

    def _close(self, code: Code) -> None:
        self._hub.closed[code] += 1
        self._outlet.end(code, code.reason)

    async def _arrive(self) -> Subject | None:
        """None where it has left. Raises ClosingError."""
        hub, handshake = self._hub, Handshake.of(self._scope)
        if handshake.has_secret:
            raise ClosingError(Code.TOKEN_IN_URL)
        subject = await known(hub, self._scope, handshake)
        try:
            async with asyncio.timeout(hub.settings.authenticate_within):
                message = await self._message()
        except TimeoutError:
            raise ClosingError(Code.LATE) from None
        if message is None:
            return None
        if message["type"] != "connection_init":
            raise ClosingError(Code.UNAUTHENTICATED)
        token = _token(message.get("payload"))
        if token is not None:
            subject = await of_token(hub, token)
        if not subject.is_anonymous and not hub.has_place_for(subject.principal):
            raise ClosingError(Code.TOO_MANY)
        return subject

    async def _stay(self, subject: Subject) -> None:
        hub = self._hub
        self._scope = {**self._scope, "subject": subject}
        connection = Connection(self._outlet, hub.settings, subject)
        rate = Rate(hub.settings.rate_per_second)
        with hub.holding(connection, _CHANNEL), acting(hub, subject):
            _say(connection, {"type": "connection_ack"})
            try:
                while (message := await self._message()) is not None:
                    hub.received[_CHANNEL] += 1
                    if not rate.takes():
                        raise ClosingError(Code.TOO_FAST)
                    if connection.code is None:
                        await self._take(connection, message)
            finally:
                for each in self._running.values():
                    each.cancel()

    async def _message(self) -> Mapping[str, Any] | None:
        """None where the peer has left. Raises ClosingError."""
        event = await self._receive()
        if event["type"] != "websocket.receive":
            return None
        text = event.get("text")
        if text is None:
            raise ClosingError(Code.UNSUPPORTED)
        if len(text) > self._most:
            raise ClosingError(Code.TOO_LARGE)
        try:
            content = orjson.loads(text)
        except ValueError:
            raise ClosingError(Code.MALFORMED) from None
        if not isinstance(content, dict) or not isinstance(content.get("type"), str):
            raise ClosingError(Code.MALFORMED)
        return content

    async def _take(self, connection: Connection, message: Mapping[str, Any]) -> None:
        id_ = message.get("id")
        match message["type"]:
            case "ping":
                _say(connection, {"type": "pong"})
            case "pong":
                pass
            case "connection_init":
                raise ClosingError(Code.TOO_FAST)
            case "complete" if isinstance(id_, str):
                if running := self._running.pop(id_, None):
                    running.cancel()
            case "subscribe" if isinstance(id_, str) and id_:
                if id_ in self._running:
                    raise ClosingError(Code.EXISTS)
                await self._subscribe(connection, id_, message.get("payload"))
            case _:
                raise ClosingError(Code.MALFORMED)

    async def _subscribe(self, connection: Connection, id_: str, payload: Any) -> None:
        try:
            selection = await self._selection(payload)
        except RefusedError as error:
            told = refusal(error, suggestions=self._graphql.development)
            _say(connection, {"id": id_, "type": "error", "payload": told})
            return
        except Problem as problem:
            told = [{"message": problem.detail, "extensions": {"status": problem.status_code}}]
            _say(connection, {"id": id_, "type": "error", "payload": told})
            return
        if isinstance(selection, ExecutionResult):
            errors = told_by(self._graphql, selection)["errors"]
            _say(connection, {"id": id_, "type": "error", "payload": errors})
            return
        if len(self._running) >= self._graphql.settings.max_subscriptions:
            most = self._graphql.settings.max_subscriptions
            told = [{"message": f"a socket has at most {most} subscriptions"}]
            _say(connection, {"id": id_, "type": "error", "payload": told})
            return
        listening = self._listen(connection, id_, selection)
        self._running[id_] = asyncio.create_task(listening)

    async def _selection(self, payload: Any) -> Selection | ExecutionResult:
        """Raises RefusedError and Problem."""
        asked = asked_by_socket(payload)
        document, _ = self._graphql.prepared(asked)
        async with _context(self._graphql, document, self._scope) as context:
            made = subscribe(
                core_schema(self._graphql.schema),
                document.node,
                context_value=context,
                variable_values={**asked.variables},
                operation_name=asked.operation_name,
            )
            stream = await made if isinstance(made, Awaitable) else made
            if isinstance(stream, ExecutionResult):
                return stream
            return Selection(self._graphql, document, asked, self._scope, context)

    async def _listen(self, connection: Connection, id_: str, selection: Selection) -> None:
        listener = _Subscriber(id_, connection, selection)
        try:
            async with self._hub.feed(selection.field.resource) as feed:
                feed.listen(listener)
                try:
                    await asyncio.get_running_loop().create_future()
                finally:
                    feed.dismiss(listener)
        except Unavailable as problem:
            self._running.pop(id_, None)
            told = [{"message": problem.detail, "extensions": {"code": "SERVICE_UNAVAILABLE"}}]
            _say(connection, {"id": id_, "type": "error", "payload": told})


def _say(connection: Connection, content: Json) -> None:
    connection.deliver(Frame(orjson.dumps(content)))


def _token(payload: Any) -> str | None:
    """As a header would have it. Raises ClosingError."""
    if payload is None:
        return None
    if not isinstance(payload, dict):
        raise ClosingError(Code.MALFORMED)
    given = next((each for name, each in payload.items() if name.lower() == "authorization"), None)
    if given is None:
        return None
    scheme, _, token = str(given).partition(" ")
    if scheme.lower() != "bearer":
        raise ClosingError(Code.UNAUTHENTICATED)
    return token.strip()
