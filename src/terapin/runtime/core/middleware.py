"""What surrounds every request, as plain ASGI."""

from __future__ import annotations

import logging
import re
import time
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .errors import Problem, Unavailable
from .logs import request_id
from .metrics import Metrics
from .resilience.deadlines import DeadlineExceededError, within

access = logging.getLogger("access")
logger = logging.getLogger(__name__)

_SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,128}")
_SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}


class Observed:
    """Names, logs and measures each request, and answers what nothing else has caught."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        name = _request_id(scope)
        token = request_id.set(name)
        start = time.perf_counter()
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = name
                for header, value in _SECURITY_HEADERS.items():
                    headers.setdefault(header, value)
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception:
            logger.exception("%s %s failed", scope["method"], scope["path"])
            if status:
                raise
            problem = Problem(f"something went wrong; it was logged as {name}")
            await problem.response()(scope, receive, send_with_headers)
        finally:
            self._report(scope, status or 499, time.perf_counter() - start)
            request_id.reset(token)

    def _report(self, scope: Scope, status: int, seconds: float) -> None:
        """The path without its query, which could hold anything."""
        method, path = scope["method"], scope["path"]
        route = getattr(scope.get("route"), "path", "unknown")
        self.metrics.observe(method, route, status, seconds)
        milliseconds = round(seconds * 1000, 1)
        access.info(
            "%s %s %s %.1f ms",
            method,
            path,
            status,
            milliseconds,
            extra={"method": method, "path": path, "status": status, "duration_ms": milliseconds},
        )


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _SANE_ID.fullmatch(given) else uuid.uuid4().hex


class BodyLimit:
    """Refuses bodies beyond a size, whether or not they declare it."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isdecimal() or int(declared) > self.max_bytes:
            await self._refusal().response()(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.max_bytes:
                raise self._refusal()
            return message

        await self.app(scope, counted, send)

    def _refusal(self) -> Problem:
        return Problem(f"a body has at most {self.max_bytes} bytes", status=413)


class Deadline:
    """Ends a request that takes too long; its transaction is rolled back, and everything inside has no more time."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self.app = app
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = expired = False

        async def send_in_time(message: Message) -> None:
            nonlocal started
            if not expired:
                started = True
                await send(message)

        try:
            await within(self._run(scope, receive, send_in_time), self.seconds)
        except DeadlineExceededError:
            expired = True
            if started:
                raise
            await Unavailable("there was no answer in time").response()(scope, receive, send)

    async def _run(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)
