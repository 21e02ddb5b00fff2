"""What a request asks of the database: its statements, and how PostgreSQL goes about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

from fastapi import FastAPI
from sqlalchemy import event
from starlette.types import Message

from .database import Database, database_of
from .routing import REASON
from .statements import heard

Asked = list[tuple[str, Sequence[Any]]]


class CannotExplainError(Exception):
    """The message says why in a line."""


async def explain(app: FastAPI, method: str, target: str, body: bytes = b"") -> Iterator[str]:
    """Lines for a reader. The request is carried out, so it should be one that only reads."""
    async with app.router.lifespan_context(app):
        database = database_of(app)
        if database is None:
            raise CannotExplainError("the service has no database")
        with _hearing(database) as asked:
            scope, status = await _request(app, method, target, body)
        plans = [await _plan(database, *each) for each in asked]
    reason = scope.get(REASON)
    if app.state.shortcut is None:
        reason = "nothing is compiled"
    how = f"the ordinary path: {reason}" if reason else "answered by PostgreSQL itself"
    return _told(f"{method} {target}: {status}, {how}", asked, plans)


def _told(head: str, asked: Asked, plans: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"-- {head}"
    for (statement, arguments), plan in zip(asked, plans, strict=True):
        yield f"\n{statement.strip()}"
        if arguments:
            yield f"-- {', '.join(f'${n} = {value!r}' for n, value in enumerate(arguments, 1))}"
        yield from (f"--   {line}" for line in plan)


@contextmanager
def _hearing(database: Database) -> Iterator[Asked]:
    asked: Asked = []

    def note(_1: Any, _2: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    engine, token = database.engine.sync_engine, heard.set(asked)
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)
        heard.reset(token)


async def _request(
    app: FastAPI, method: str, target: str, body: bytes
) -> tuple[dict[str, Any], int]:
    path, _, query = target.partition("?")
    status = 0

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status
        status = message.get("status", status)

    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 0),
        "server": ("localhost", 80),
    }
    await app(scope, receive, send)
    return scope, status


async def _plan(database: Database, statement: str, arguments: Sequence[Any]) -> list[str]:
    return [line for (line,) in await database.rows(f"EXPLAIN {statement}", arguments)]
