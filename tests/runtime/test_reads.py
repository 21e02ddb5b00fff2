"""Reads that are done again, and what their dependencies have of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
from fastapi import APIRouter, Depends, FastAPI, Request
from sqlalchemy import text

from terapin.runtime.core.database import Session, get_session
from terapin.runtime.core.errors import NotFound
from terapin.runtime.core.reads import Rereading

from .harness import Api

LOST = "SELECT pg_terminate_backend(pg_backend_pid())"


class Seen:
    """What happened, in order, and how many connections were used at once."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.most_used = 0

    @asynccontextmanager
    async def around(self, name: str) -> AsyncIterator[None]:
        self.events.append(f"{name} begins")
        try:
            yield
        except Exception:
            self.events.append(f"{name} fails")
            raise
        self.events.append(f"{name} ends")


async def until_answered(request: Request) -> AsyncIterator[None]:
    async with request.app.state.seen.around("request"):
        yield


async def until_returned(request: Request) -> AsyncIterator[None]:
    async with request.app.state.seen.around("function"):
        yield


def with_endpoint(
    api: Api, work: Callable[[int], Awaitable[str | None]], *, losses: int
) -> tuple[FastAPI, Seen]:
    """`/read` works in its session, and loses its connection so many times; `work` is told of the attempt."""
    app, seen = api.app, Seen()
    app.state.seen = seen
    router = APIRouter(route_class=Rereading)
    dependencies = [Depends(until_answered), Depends(until_returned, scope="function")]

    @router.get("/read", dependencies=dependencies)
    @router.post("/read", dependencies=dependencies)
    async def read(session: Session) -> str | None:
        seen.events.append("work")
        await session.execute(text("SELECT 1"))
        seen.most_used = max(seen.most_used, api.database.pool().used)
        attempt = seen.events.count("work")
        if attempt <= losses:
            await session.execute(text(LOST))
        return await work(attempt)

    app.include_router(router)
    return app, seen


async def done(attempt: int) -> str:
    return f"attempt {attempt}"


FAILED = ["request begins", "function begins", "work", "function fails", "request fails"]
SUCCEEDED = ["request begins", "function begins", "work", "function ends", "request ends"]


async def test_each_attempt_has_its_own_dependencies(api: Api) -> None:
    """The failed ones end before the next one begins, so no connection is held by them."""
    _, seen = with_endpoint(api, done, losses=2)
    response = await api.client.get("/read")
    assert response.json() == "attempt 3"
    assert seen.events == [*FAILED, *FAILED, *SUCCEEDED]
    assert seen.most_used == 1
    assert api.database.pool().used == 0
    assert api.database.retry.budget.retries == 2


async def test_attempts_have_an_end(api: Api) -> None:
    _, seen = with_endpoint(api, done, losses=100)
    response = await api.client.get("/read")
    assert response.status_code == 503
    assert response.headers["retry-after"]
    assert seen.events == FAILED * api.database.settings.retry_attempts
    assert api.database.pool().used == 0


async def test_what_writes_is_not_done_again(api: Api) -> None:
    _, seen = with_endpoint(api, done, losses=1)
    assert (await api.client.post("/read")).status_code == 503
    assert seen.events == FAILED


async def test_an_answer_that_is_an_error_is_an_answer(api: Api) -> None:
    async def nothing(_: int) -> None:
        raise NotFound

    _, seen = with_endpoint(api, nothing, losses=0)
    assert (await api.client.get("/read")).status_code == 404
    assert seen.events == FAILED


async def test_dependencies_can_be_overridden(api: Api) -> None:
    app, seen = with_endpoint(api, done, losses=1)
    sessions = 0

    async def counted(request: Request) -> AsyncIterator[object]:
        nonlocal sessions
        sessions += 1
        async for session in get_session(request):
            yield session

    app.dependency_overrides[get_session] = counted
    assert (await api.client.get("/read")).json() == "attempt 2"
    assert sessions == 2
    assert seen.events == [*FAILED, *SUCCEEDED]


async def test_what_lives_until_the_answer_is_sent_still_does(api: Api) -> None:
    """Seen by a middleware, within which the answer passes."""
    app, seen = with_endpoint(api, done, losses=1)
    order: list[str] = []

    async def watching(scope, receive, send):  # type: ignore[no-untyped-def]
        async def note(message):  # type: ignore[no-untyped-def]
            if message["type"] == "http.response.start":
                order.extend(seen.events)
            await send(message)

        await app(scope, receive, note)

    transport = httpx.ASGITransport(watching)
    async with httpx.AsyncClient(transport=transport, base_url="http://blog.test") as client:
        assert (await client.get("/read")).status_code == 200
    assert order == [*FAILED, *SUCCEEDED[:-1]]
    assert seen.events[-1] == "request ends"
