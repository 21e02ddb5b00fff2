"""What surrounds every request, as plain ASGI: each of them pays for every microsecond here."""

from __future__ import annotations

import asyncio
import logging
import random
import re
import time
from collections.abc import Iterable

from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette._utils import is_async_callable
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .errors import Problem, Unavailable
from .logs import log_request, request_id
from .metrics import Metrics
from .resilience.deadlines import DeadlineExceededError, apart, ending_at
from .resilience.watch import Watch

logger = logging.getLogger(__name__)

_SANE_ID = re.compile(rb"[A-Za-z0-9._-]{8,128}")
Headers = Iterable[tuple[bytes, bytes]]

# An answer loads nothing, should a browser take it for a page; what is one may load what it likes.
_CONTENT = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_PAGE = (_CONTENT[0], b"base-uri 'self'; frame-ancestors 'none'; object-src 'none'")
_SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    _CONTENT,
)
# Where what is answered depends on who asks.
_PRIVATE = ((b"cache-control", b"private"), (b"vary", b"Authorization, X-API-Key"))
_HSTS = b"strict-transport-security"
_OWN_HEADERS = frozenset({b"x-request-id", _HSTS, *dict(_SECURITY_HEADERS), *dict(_PRIVATE)})


class Envelope:
    """Names, logs, measures and limits each request, and answers what nothing else has caught.

    One that takes too long is cancelled: its transaction is rolled back, and everything inside has no more time.
    """

    def __init__(
        self,
        app: ASGIApp,
        metrics: Metrics,
        seconds: float,
        max_bytes: int,
        hsts: int = 0,
        is_private: bool = False,
    ) -> None:
        """`hsts` is for how many seconds browsers that came by TLS are to come by it only.

        Answers are not for others than whoever asked if they are private, unless they say so.
        """
        self.app = app
        self._own = (*_SECURITY_HEADERS, *(_PRIVATE if is_private else ()))
        self._over_tls = (*self._own, *([(_HSTS, b"max-age=%d" % hsts)] if hsts else []))
        self.metrics = metrics
        self.max_bytes = max_bytes
        self._watch = Watch(seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = self._over_tls if scope.get("scheme") == "https" else self._own
        exchange = Exchange(scope, receive, send, self.max_bytes, headers)
        named = request_id.set(exchange.name)
        start = time.perf_counter()
        try:
            await self._answer(exchange)
        except Exception as error:
            await self._answer_error(exchange, error)
        finally:
            self._report(scope, exchange.status or 499, time.perf_counter() - start)
            request_id.reset(named)

    async def _answer(self, exchange: Exchange) -> None:
        ending = ending_at(self._watch.begin(exchange))
        try:
            exchange.check_length()
            await self.app(exchange.scope, exchange.receive, exchange)
        except asyncio.CancelledError:
            if not exchange.is_late or exchange.task.cancelling() > 1:
                raise
        finally:
            ending.var.reset(ending)
            self._watch.end(exchange)
            if exchange.is_late:
                exchange.task.uncancel()
        if exchange.is_late:
            raise DeadlineExceededError(self._watch.seconds)

    async def _answer_error(self, exchange: Exchange, error: Exception) -> None:
        scope = exchange.scope
        problem = _expected(error)
        if exchange.status or problem is None:
            logger.error("%s %s failed", scope["method"], scope["path"], exc_info=error)
        if exchange.status:
            raise error
        if problem is None:
            problem = Problem(f"something went wrong; it was logged as {exchange.name}")
            response = await _handled(scope, error) or problem.response()
        else:
            response = problem.response()
        await response(scope, exchange.receive, exchange.send_last)

    def _report(self, scope: Scope, status: int, seconds: float) -> None:
        """The path without its query, which could hold anything."""
        method = scope["method"]
        route = getattr(scope.get("route"), "path", "unknown")
        self.metrics.observe(method, route, status, seconds)
        log_request(method, scope["path"], status, seconds)


class Exchange:
    """A request and its answer: what is inside of the envelope sends by calling it."""

    __slots__ = (
        "_declared",
        "_max_bytes",
        "_own",
        "_receive",
        "_received",
        "_send",
        "is_late",
        "name",
        "scope",
        "status",
        "task",
    )

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, max_bytes: int, own: Headers
    ) -> None:
        """`own` are the headers that each answer has."""
        headers = dict(reversed(scope["headers"]))
        self.scope = scope
        self.name = _name(headers.get(b"x-request-id", b""))
        # Of the answer, once it has begun.
        self.status = 0
        # It was cancelled because its time is over.
        self.is_late = False
        task = asyncio.current_task()
        assert task
        self.task: asyncio.Task[object] = task
        self._receive = receive
        self._send = send
        self._declared: bytes = headers.get(b"content-length", b"0")
        self._received = 0
        self._max_bytes = max_bytes
        self._own = own

    def overrun(self) -> None:
        self.is_late = True
        self.task.cancel()

    def check_length(self) -> None:
        """As the client declares it; if it does not, the bytes are counted."""
        if not self._declared.isdigit() or int(self._declared) > self._max_bytes:
            raise self._too_large()

    async def receive(self) -> Message:
        message = await self._receive()
        self._received += len(message.get("body", b""))
        if self._received > self._max_bytes:
            raise self._too_large()
        return message

    async def answer(self, status: int, headers: Headers, body: bytes) -> None:
        """All at once, with headers of which none is the envelope's own."""
        if self.is_late:
            return
        self.status = status
        own = [*headers, (b"x-request-id", self.name.encode()), *self._own]
        await self._send({"type": "http.response.start", "status": status, "headers": own})
        await self._send({"type": "http.response.body", "body": body})

    async def __call__(self, message: Message) -> None:
        """What was left behind has nothing more to say."""
        if not self.is_late:
            await self._send(self._named(message))

    async def send_last(self, message: Message) -> None:
        await self._send(self._named(message))

    def _named(self, message: Message) -> Message:
        """A message may be one that is sent again and again, so it is not changed."""
        if message["type"] != "http.response.start":
            return message
        self.status = message["status"]
        return {**message, "headers": self._with_own(message.get("headers", ()))}

    def _with_own(self, headers: Headers) -> list[tuple[bytes, bytes]]:
        """And the service's own, but for those by which the answer itself says how safe it is."""
        given, own = list(headers), [(b"x-request-id", self.name.encode()), *self._own]
        said = dict(given)
        if said.get(b"content-type", b"").startswith(b"text/html"):
            own[own.index(_CONTENT)] = _PAGE
        if not _OWN_HEADERS.isdisjoint(said):
            given = [each for each in given if each[0] != b"x-request-id"]
            own = [each for each in own if each[0] == b"x-request-id" or each[0] not in said]
        return given + own

    def _too_large(self) -> Problem:
        return Problem(f"a body has at most {self._max_bytes} bytes", status=413)


class Apart:
    """Has what is inside in a task of its own, which is left behind if it does not end when it is cancelled.

    To leave a server that has stopped answering takes time, and an endpoint may do anything.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await apart(self._run(scope, receive, send))
        else:
            await self.app(scope, receive, send)

    async def _run(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


def _name(given: bytes) -> str:
    """A new one is no secret, and has only to be different."""
    if given and _SANE_ID.fullmatch(given):
        return given.decode()
    return f"{random.getrandbits(128):032x}"


async def _handled(scope: Scope, error: Exception) -> ASGIApp | None:
    """By whom the service has for everything that nothing else handles."""
    handlers = scope["app"].exception_handlers if "app" in scope else {}
    handler = handlers.get(500) or handlers.get(Exception)
    if handler is None:
        return None
    if is_async_callable(handler):
        response: ASGIApp = await handler(Request(scope), error)
        return response
    return await run_in_threadpool(handler, Request(scope), error)


def _expected(error: Exception) -> Problem | None:
    if isinstance(error, Problem):
        return error
    if isinstance(error, DeadlineExceededError):
        return Unavailable("there was no answer in time")
    return Unavailable() if isinstance(error, TimeoutError | PoolTimeout) else None
