"""From method and path to an answer, past FastAPI, where nothing but core would have had a part in it."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

import asyncpg
from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send

from ..database import Database, database_of, get_session
from ..database_errors import is_transient
from ..errors import Unavailable
from ..middleware import Exchange
from ..reads import Rereading
from ..routes import Related, Rows
from ..routing import REASON
from ..service import Noticed
from .eligible import NotCompiledError, forget, intercepted, not_read, not_written
from .messages import Answer, Incoming
from .reading import ReadPage, ReadRow
from .writing import Create, Update

logger = logging.getLogger(__name__)

# A segment of a path that stands for any.
_ANY = "*"
GRAPHQL = "/graphql"
_UNKNOWN = "it is no route of core's"
_SHOWN = 4
_EVERY = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
_WRITES: Mapping[Any, Any] = {Rows.create: Create, Rows.update: Update}
_ENDPOINTS = (Rows.list, Rows.get, Related.list, Related.get, *_WRITES)

Answering = Callable[[Incoming, Database, str | None], Awaitable[Answer | None]]
_Found = tuple[BaseRoute, Answering]
# A literal path; or what stands in front of a parameter, and behind it.
_Key = tuple[str, str] | tuple[str, str, str | None]


class Shortcut:
    """The routes whose answers are compiled; of everything else FastAPI is asked."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._database = database_of(app)
        self.answered = 0
        self._table: dict[_Key, _Found | str] = {}
        self._seen = (0, 0)
        self._told: dict[str, list[str]] | None = None
        self._index()

    def _index(self) -> None:
        """What is registered first for a path is what FastAPI would take, so nothing may stand before it."""
        self._table = {}
        routes = self._app.router.routes
        # What the table is derived from: routes may be added and services patched at any time.
        self._seen = len(routes), Noticed.changes
        forget()
        reasons: dict[str, list[str]] = {}
        before = _Before()
        for context in iter_route_contexts(routes):
            for method in _methods(context):
                pattern = Pattern.of(context)
                writing = getattr(context.endpoint, "__func__", None) in _WRITES
                reason = self._reason(writing=writing) or _not_answered(context)
                if before.meets(method, pattern):
                    reason = reason or "another route comes before it"
                before.add(method, pattern)
                key = pattern.key(method)
                if key is not None and reason is None:
                    self._table[key] = context.original_route, self._made(context)
                elif key is not None and reason is not None:
                    # A literal one is found before what has a parameter in its place.
                    self._table.setdefault(key, reason)
                if reason and _is_ours(context):
                    reasons.setdefault(reason, []).append(f"{method} {context.path}")
        if reasons != self._told and self._app.state.settings.fast_path:
            self._told = reasons
            _tell(sum(not isinstance(each, str) for each in self._table.values()), reasons)

    async def __call__(
        self, path: str, scope: Scope, receive: Receive, send: Send
    ) -> Receive | None:
        """None if the request is answered, else what remains to be received of it."""
        if self._seen != (len(self._app.router.routes), Noticed.changes):
            self._index()
        found, key = self._find(scope, path)
        if isinstance(found, str) or self._database is None or self._app.dependency_overrides:
            scope[REASON] = found if isinstance(found, str) else "a dependency is overridden"
            return receive
        route, answer = found
        scope["route"] = route
        incoming = Incoming(scope, receive)
        try:
            answered = await answer(incoming, self._database, key)
        except asyncpg.PostgresError as error:
            if is_transient(error):
                logger.warning("%s %s: %s", scope["method"], scope["path"], error)
                raise Unavailable from error
            answered = None
        except NotCompiledError as error:
            answered, incoming.reason = None, str(error)
        if answered is None:
            scope[REASON] = incoming.reason
            return incoming.again
        self.answered += 1
        await _send(answered, send)
        return None

    def _find(self, scope: Scope, path: str) -> tuple[_Found | str, str | None]:
        """By the path itself, or with any one segment in the place of its last or of the one before."""
        method, table = scope["method"], self._table
        if found := table.get((method, path)):
            return found, None
        front, _, last = path.rpartition("/")
        if found := table.get((method, front, None)):
            return found, last
        front, _, key = front.rpartition("/")
        return table.get((method, front, last), _UNKNOWN), key

    def _made(self, context: RouteContext) -> Answering:
        owner: Any = _owner(context)
        if type(owner) not in (Rows, Related):
            operations = import_module(".operations", __package__)
            database = cast(Database, self._database)
            answering: Answering = operations.Operations(owner, database.engine.dialect)
            return answering
        endpoint = getattr(context.endpoint, "__func__", None)
        if endpoint in _WRITES:
            return cast(Answering, _WRITES[endpoint](owner.resource))
        relation = owner.relation if type(owner) is Related else None
        is_list = endpoint in (Rows.list, Related.list)
        return (ReadPage if is_list else ReadRow)(owner.resource, relation)

    def _reason(self, *, writing: bool) -> str | None:
        """Why nothing is answered here, whatever the route."""
        if self._database is None:
            return "there is no database"
        if not self._app.state.settings.fast_path:
            return "it is switched off"
        if writing and self._app.state.caches:
            return "caches are to hear of it"
        return intercepted(self._database, writing=writing)


async def _send(answer: Answer, send: Send) -> None:
    status, headers, body = answer
    if status != 304:
        headers = [*headers, (b"content-length", b"%d" % len(body))]
    if type(send) is Exchange:
        # There is nobody in between who would hear of it.
        await send.answer(status, headers, body)
        return
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _tell(answered: int, reasons: dict[str, list[str]]) -> None:
    """Some of the routes for each reason: `NAME sql` tells it of any."""
    logger.info("%d routes are answered by PostgreSQL itself", answered)
    for reason, routes in sorted(reasons.items()):
        more = f" and {len(routes) - _SHOWN} more" if len(routes) > _SHOWN else ""
        logger.info("the ordinary path for %s%s: %s", ", ".join(routes[:_SHOWN]), more, reason)


def _methods(context: RouteContext) -> frozenset[str]:
    """Those of HTTP; what does not say takes any."""
    if isinstance(context.original_route, WebSocketRoute):
        return frozenset()
    methods: set[str] | None = getattr(context, "methods", None)
    return frozenset(methods or _EVERY)


def _is_ours(context: RouteContext) -> bool:
    endpoint = getattr(context.endpoint, "__func__", None)
    return isinstance(_owner(context), Rows | Related) and endpoint in _ENDPOINTS


def _owner(context: RouteContext) -> Any:
    return getattr(context.endpoint, "__self__", None)


def _not_answered(context: RouteContext) -> str | None:
    """Why a route is not answered here; what is not core's needs no reason that somebody reads."""
    owner, endpoint = _owner(context), getattr(context.endpoint, "__func__", None)
    if context.path == GRAPHQL and owner is not None:
        return _not_graphql(context, owner, endpoint)
    if type(context.original_route) is not Rereading or type(owner) not in (Rows, Related):
        return "it is cached, or a route of its own"
    if endpoint not in _ENDPOINTS or len(_methods(context)) != 1:
        return "its endpoint is not core's"
    if [each.call for each in context.dependant.dependencies] != [get_session]:
        return "it has dependencies of its own"
    if endpoint in (Rows.create, Rows.update):
        return not_written(owner.resource)
    resources = [owner.resource, *([owner.relation.target] if type(owner) is Related else [])]
    return next(filter(None, map(not_read, resources)), None)


def _not_graphql(context: RouteContext, owner: Any, endpoint: Any) -> str | None:
    graphql = import_module("..graphql.endpoint", __package__).GraphQL
    method = {graphql.handle: "POST", graphql.read: "GET"}.get(endpoint)
    if type(owner) is not graphql or method is None:
        return "its endpoint is not core's"
    if _methods(context) != {method} or context.dependant.dependencies:
        return "it has dependencies of its own"
    return None


@dataclass(frozen=True, slots=True)
class Pattern:
    """The segments of the paths that a route takes, and whether more may follow."""

    segments: tuple[str, ...]
    is_open: bool = False

    @classmethod
    def of(cls, context: RouteContext) -> Pattern:
        segments: list[str] = []
        for segment in (context.path or "").split("/"):
            if ":" in segment and "{" in segment:
                return cls(tuple(segments), is_open=True)
            segments.append(_ANY if "{" in segment else segment)
        return cls(tuple(segments), is_open=not isinstance(context.original_route, Route))

    @property
    def is_literal(self) -> bool:
        return not self.is_open and _ANY not in self.segments

    @property
    def beginning(self) -> str | None:
        """The first segment; None where it may be any."""
        first = self.segments[1] if len(self.segments) > 1 else _ANY
        return None if first == _ANY else first

    def key(self, method: str) -> _Key | None:
        """None where a path is not found by its pattern."""
        if self.is_literal:
            return method, "/".join(self.segments)
        *front, last = self.segments
        if self.is_open or not front:
            return None
        if last == _ANY and _ANY not in front:
            return method, "/".join(front), None
        *front, middle = front
        if middle != _ANY or _ANY in (*front, last):
            return None
        return method, "/".join(front), last

    def meets(self, other: Pattern) -> bool:
        """Whether there is a path of both; a literal one has an entry of its own."""
        if other.is_literal and not self.is_literal:
            return False
        if len(self.segments) != len(other.segments) and not other.is_open:
            return False
        pairs = zip(self.segments, other.segments, strict=False)
        same = all(_ANY in pair or pair[0] == pair[1] for pair in pairs)
        return same and len(self.segments) >= len(other.segments)


class _Before:
    """The patterns of routes that come first, by what those begin with that they can meet."""

    def __init__(self) -> None:
        self._patterns: defaultdict[str, defaultdict[str | None, list[Pattern]]]
        self._patterns = defaultdict(lambda: defaultdict(list))

    def add(self, method: str, pattern: Pattern) -> None:
        self._patterns[method][pattern.beginning].append(pattern)

    def meets(self, method: str, pattern: Pattern) -> bool:
        known = self._patterns[method]
        beginnings = [*known] if pattern.beginning is None else [pattern.beginning, None]
        return any(pattern.meets(each) for beginning in beginnings for each in known[beginning])
