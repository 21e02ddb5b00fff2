"""From method and path to an answer, past FastAPI, where nothing but core would have had a part in it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import asyncpg
from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send

from ..database import Database, database_of, get_session
from ..database_errors import is_transient
from ..errors import Unavailable
from ..reads import Rereading
from ..routes import Related, Rows
from .eligible import intercepted, not_read
from .reading import Answer, Read, ReadPage, ReadRow

logger = logging.getLogger(__name__)

# A segment of a path that stands for any.
_ANY = "*"
_EVERY = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


class Shortcut:
    """The routes whose answers are compiled; of everything else FastAPI is asked."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._database = database_of(app)
        self._table: dict[tuple[str, str], tuple[BaseRoute, Read] | None] = {}
        self.index(app)

    def index(self, app: FastAPI) -> None:
        """What is registered first for a path is what FastAPI would take, so nothing may stand before it."""
        self._table = {}
        reasons: dict[str, list[str]] = {}
        general = self._reason()
        before: list[tuple[str, Pattern]] = []
        for context in iter_route_contexts(app.router.routes):
            for method in _methods(context):
                pattern = Pattern.of(context)
                reason = general or _not_answered(context)
                if any(method == each and pattern.meets(other) for each, other in before):
                    reason = reason or "another route comes before it"
                before.append((method, pattern))
                if reason is None:
                    self._table[method, pattern.text] = _route(context)
                elif pattern.is_literal:
                    # It is found before what has a parameter in its place.
                    self._table.setdefault((method, pattern.text), None)
                if reason and _is_ours(context):
                    reasons.setdefault(reason, []).append(f"{method} {context.path}")
        _tell(len([each for each in self._table.values() if each]), reasons)

    async def __call__(self, path: str, scope: Scope, receive: Receive, send: Send) -> bool:
        """Whether the request is answered."""
        found, key = self._find(scope, path)
        if found is None or self._database is None or self._app.dependency_overrides:
            return False
        route, read = found
        answer = await self._answer(read, scope, self._database, key)
        if answer is None:
            return False
        scope["route"] = route
        await _send(answer, send)
        return True

    def _find(self, scope: Scope, path: str) -> tuple[tuple[BaseRoute, Read] | None, str | None]:
        """By the path itself, or with any one segment in the place of its last or of the one before."""
        if scope["type"] != "http":
            return None, None
        method, table = scope["method"], self._table
        if (method, path) in table:
            return table[method, path], None
        front, _, last = path.rpartition("/")
        if (method, f"{front}/{_ANY}") in table:
            return table[method, f"{front}/{_ANY}"], last
        front, _, key = front.rpartition("/")
        return table.get((method, f"{front}/{_ANY}/{last}")), key

    async def _answer(
        self, read: Read, scope: Scope, database: Database, key: str | None
    ) -> Answer | None:
        try:
            return await read(scope, database, key)
        except asyncpg.PostgresError as error:
            if is_transient(error):
                logger.warning("%s %s: %s", scope["method"], scope["path"], error)
                raise Unavailable from error
            return None

    def _reason(self) -> str | None:
        if self._database is None:
            return "there is no database"
        if not self._app.state.settings.fast_path:
            return "it is switched off"
        return intercepted(self._database)


async def _send(answer: Answer, send: Send) -> None:
    length = (b"content-length", str(len(answer.body)).encode())
    headers = [*answer.headers, length] if answer.status != 304 else [*answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def _tell(answered: int, reasons: dict[str, list[str]]) -> None:
    logger.info("%d routes are answered by PostgreSQL itself", answered)
    for reason, routes in sorted(reasons.items()):
        logger.info("the ordinary path for %s: %s", ", ".join(routes), reason)


def _methods(context: RouteContext) -> frozenset[str]:
    """Those of HTTP; what does not say takes any."""
    if isinstance(context.original_route, WebSocketRoute):
        return frozenset()
    methods: set[str] | None = getattr(context, "methods", None)
    return frozenset(methods or _EVERY)


def _is_ours(context: RouteContext) -> bool:
    return isinstance(_owner(context), Rows | Related) and _methods(context) == {"GET"}


def _owner(context: RouteContext) -> Any:
    return getattr(context.endpoint, "__self__", None)


def _not_answered(context: RouteContext) -> str | None:
    """Why a route is not answered here; what is not core's needs no reason that somebody reads."""
    if type(context.original_route) is not Rereading or _methods(context) != {"GET"}:
        return "it is a route of its own"
    owner, endpoint = _owner(context), getattr(context.endpoint, "__func__", None)
    if type(owner) is Rows:
        resources, known = [owner.resource], endpoint in (Rows.list, Rows.get)
    elif type(owner) is Related:
        resources = [owner.resource, owner.relation.target]
        known = endpoint in (Related.list, Related.get)
    else:
        known = False
    if not known:
        return "it is cached, or its endpoint is not core's"
    if [each.call for each in context.dependant.dependencies] != [get_session]:
        return "it has dependencies of its own"
    return next(filter(None, map(not_read, resources)), None)


def _route(context: RouteContext) -> tuple[BaseRoute, Read]:
    owner: Any = _owner(context)
    relation = owner.relation if type(owner) is Related else None
    is_list = getattr(context.endpoint, "__func__", None) in (Rows.list, Related.list)
    read = (ReadPage if is_list else ReadRow)(owner.resource, relation)
    return context.original_route, read


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
    def text(self) -> str:
        return "/".join(self.segments)

    def meets(self, other: Pattern) -> bool:
        """Whether there is a path of both; a literal one has an entry of its own."""
        if other.is_literal and not self.is_literal:
            return False
        if len(self.segments) != len(other.segments) and not other.is_open:
            return False
        pairs = zip(self.segments, other.segments, strict=False)
        same = all(_ANY in pair or pair[0] == pair[1] for pair in pairs)
        return same and len(self.segments) >= len(other.segments)
