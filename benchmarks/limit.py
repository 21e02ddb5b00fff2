"""The work of `benchmarks.service.requests` by bare ASGI and asyncpg alone: as fast as a Python server on uvicorn gets.

PostgreSQL makes the JSON by the cheapest statements that are known, and its bytes go to the socket. It knows these
requests and no others. With `EXTRAS=on` it names, times, logs and ends requests like the others, by hand.
"""

from __future__ import annotations

import asyncio
import base64
import os
import re
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from prometheus_client import Counter, Histogram
from pydantic import ValidationError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .reference.schemas import PostCreate
from .service.requests import DOCUMENT

POOL = 10
LIMIT = 50
SECONDS = 10.0

_JSON = (b"content-type", b"application/json")
# A row for each user: what is put together here, PostgreSQL need not copy once more. That the number of
# posts is none that the planner knows keeps it at the index, which has them in order.
_STATEMENTS = {
    "user": """
        SELECT textsend(concat(<user>, '}')), u.row_version FROM users AS u WHERE u.id = $1""",
    "users": """
        SELECT textsend(concat(<user>, ',"posts":{"items":[', (
            SELECT string_agg(<post>, ',')
            FROM (SELECT * FROM posts WHERE user_id = u.id ORDER BY id LIMIT (SELECT 101)) AS p
        ), '],"next_cursor":null}}')), u.id
        FROM (SELECT * FROM users ORDER BY id LIMIT 51) AS u""",
    "graphql": """
        SELECT textsend(concat('{"id":"', u.id, '","username":', to_json(u.username),
            ',"email":', to_json(u.email), ',"createdAt":', to_json(u.created_at), ',"posts":[', (
                SELECT string_agg(concat('{"id":"', p.id, '","title":', to_json(p.title),
                    ',"views":', p.views, ',"createdAt":', to_json(p.created_at), '}'), ',')
                FROM (SELECT * FROM posts WHERE user_id = u.id ORDER BY id LIMIT (SELECT 10)) AS p
            ), ']}'))
        FROM (SELECT * FROM users ORDER BY id LIMIT 50) AS u""",
    "create": """
        INSERT INTO posts AS p (id, title, body, status, views, published_on, user_id)
        VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, $6)
        RETURNING textsend(<post>), p.id""",
}
_PARTS = {
    "<user>": """
        '{"id":"', u.id, '","email":', to_json(u.email), ',"username":', to_json(u.username),
        ',"bio":', coalesce(to_json(u.bio)::text, 'null'), ',"is_active":', u.is_active::text,
        ',"reputation":', u.reputation, ',"balance":"', u.balance,
        '","created_at":', to_json(u.created_at)""",
    "<post>": """
        concat('{"id":"', p.id, '","title":', to_json(p.title), ',"body":', to_json(p.body),
        ',"status":"', p.status, '","views":', p.views,
        ',"published_on":', coalesce('"' || p.published_on || '"', 'null'),
        ',"created_at":', to_json(p.created_at), ',"user_id":"', p.user_id, '"}')""",
}

Rows = list[asyncpg.Record]
Ask = Callable[..., Coroutine[Any, Any, Rows]]


class Connections:
    """Each with its statements prepared; who waits is served in turn."""

    def __init__(self) -> None:
        self._idle: list[dict[str, Ask]] = []
        self._waiting: deque[asyncio.Future[dict[str, Ask]]] = deque()

    async def open(self, url: str) -> None:
        for _ in range(POOL):
            connection = await asyncpg.connect(
                url, command_timeout=6, server_settings={"TimeZone": "UTC", "jit": "off"}
            )
            prepared: dict[str, Ask] = {}
            for name, statement in _STATEMENTS.items():
                for part, columns in _PARTS.items():
                    statement = statement.replace(part, columns)
                prepared[name] = (await connection.prepare(statement)).fetch
            self._idle.append(prepared)

    async def ask(self, name: str, *arguments: Any) -> Rows:
        prepared = self._idle.pop() if self._idle else await self._next()
        try:
            return await prepared[name](*arguments)
        finally:
            self._give_back(prepared)

    async def _next(self) -> dict[str, Ask]:
        waiting: asyncio.Future[dict[str, Ask]] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        return await waiting

    def _give_back(self, prepared: dict[str, Ask]) -> None:
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(prepared)
                return
        self._idle.append(prepared)


class Limit:
    def __init__(self) -> None:
        self._connections = Connections()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        method, path = scope["method"], scope["path"]
        if method == "GET" and path.startswith("/users/"):
            await self._user(path, send)
        elif method == "GET" and path == "/users" and scope["query_string"] == b"include=posts":
            await self._users(send)
        elif method == "POST" and path == "/graphql":
            await self._graphql(await _body(receive), send)
        elif method == "POST" and path == "/posts":
            await self._create(await _body(receive), send)
        else:
            await _answer(send, 404, b'{"status":404}')

    async def _user(self, path: str, send: Send) -> None:
        try:
            key = UUID(path[7:])
        except ValueError:
            await _answer(send, 422, b'{"status":422}')
            return
        for content, version in await self._connections.ask("user", key):
            await _answer(send, 200, content, (b"etag", b'"%d"' % version))
            return
        await _answer(send, 404, b'{"status":404}')

    async def _users(self, send: Send) -> None:
        rows = await self._connections.ask("users")
        cursor = b"null"
        if len(rows) > LIMIT:
            cursor = b'"%b"' % base64.urlsafe_b64encode(rows[LIMIT - 1][1].bytes).rstrip(b"=")
        await _answer(
            send, 200, _joined(b'{"items":[', rows[:LIMIT], b'],"next_cursor":%b}' % cursor)
        )

    async def _graphql(self, body: bytes, send: Send) -> None:
        if orjson.loads(body).get("query") != DOCUMENT:
            await _answer(send, 400, b'{"errors":[]}')
            return
        rows = await self._connections.ask("graphql")
        await _answer(send, 200, _joined(b'{"data":{"users":[', rows, b"]}}"))

    async def _create(self, body: bytes, send: Send) -> None:
        try:
            post = PostCreate.model_validate_json(body)
        except ValidationError:
            await _answer(send, 422, b'{"status":422}')
            return
        rows = await self._connections.ask(
            *("create", post.title, post.body, post.status.value),
            *(post.views, post.published_on, post.user_id),
        )
        location = (b"location", b"/posts/%b" % str(rows[0][1]).encode())
        await _answer(send, 201, rows[0][0], (b"etag", b'"1"'), location)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await self._connections.open(os.environ["DATABASE_URL"])
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})


def _joined(before: bytes, rows: Rows, behind: bytes) -> bytes:
    """Copied once."""
    parts = [b","] * (2 * len(rows) + 1)
    parts[1::2] = [row[0] for row in rows]
    parts[0], parts[-1] = before, behind
    return b"".join(parts)


async def _body(receive: Receive) -> bytes:
    content: bytes = b""
    while True:
        message = await receive()
        content += message.get("body", b"")
        if not message.get("more_body"):
            return content


async def _answer(send: Send, status: int, content: bytes, *headers: tuple[bytes, bytes]) -> None:
    length = (b"content-length", b"%d" % len(content))
    start = {"type": "http.response.start", "status": status, "headers": [_JSON, length, *headers]}
    await send(start)
    await send({"type": "http.response.body", "body": content})


_SECURITY = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]
_SANE_ID = re.compile(rb"[A-Za-z0-9._-]{8,128}")
_KEY = re.compile(r"(?<=/)[0-9a-f-]{36}")


class Observed:
    """A log line is written at once, as others do, so that none is lost."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._requests = Counter("http_requests", "Answered", ("method", "route", "status"))
        self._seconds = Histogram("http_request_seconds", "To answer", ("method", "route"))
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name = _given(scope["headers"]) or os.urandom(16).hex().encode()
        start = time.perf_counter()
        status = 0

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] += [(b"x-request-id", name), *_SECURITY]
            await send(message)

        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        assert task
        deadline = loop.call_later(SECONDS, task.cancel)
        try:
            await self._app(scope, receive, send_named)
        except asyncio.CancelledError:
            if status or loop.time() < deadline.when():
                raise
            await _answer(send_named, 503, b'{"status":503}')
        finally:
            deadline.cancel()
            self._report(scope["method"], scope["path"], status, name, time.perf_counter() - start)

    def _report(self, method: str, path: str, status: int, name: bytes, seconds: float) -> None:
        route = path if len(path) < 36 else _KEY.sub("{id}", path)
        kind = (method, route, status)
        if kind not in self._known:
            counter = self._requests.labels(method, route, str(status))
            self._known[kind] = (counter, self._seconds.labels(method, route))
        counter, histogram = self._known[kind]
        counter.inc()
        histogram.observe(seconds)
        line = (
            f'{{"time":{time.time():.6f},"level":"INFO","logger":"access","method":"{method}",'
            f'"path":"{path}","status":{status},"duration_ms":{seconds * 1000:.1f},'
            f'"request_id":"{name.decode()}"}}\n'
        )
        os.write(2, line.encode())


def _given(headers: Sequence[tuple[bytes, bytes]]) -> bytes | None:
    for header, value in headers:
        if header == b"x-request-id":
            return value if _SANE_ID.fullmatch(value) else None
    return None


def create_app() -> ASGIApp:
    app = Limit()
    return Observed(app) if os.environ["EXTRAS"] == "on" else app
