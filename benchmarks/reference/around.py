"""What surrounds every request."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import re
import time
import uuid
from contextvars import ContextVar

import orjson
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
access = logging.getLogger("access")

_SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,128}")
_requests = Counter("http_requests", "Requests answered", ("method", "route", "status"))
_seconds = Histogram("http_request_seconds", "Time to answer", ("method", "route"))


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id.get(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return orjson.dumps(line).decode()


def configure_logging() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler])


class Observed:
    """Names, measures and logs each request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        name = given if _SANE_ID.fullmatch(given) else uuid.uuid4().hex
        token = request_id.set(name)
        start = time.perf_counter()
        status = 500

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = name
                headers["X-Content-Type-Options"] = "nosniff"
                headers["X-Frame-Options"] = "DENY"
                headers["Referrer-Policy"] = "no-referrer"
                headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
            await send(message)

        try:
            await self.app(scope, receive, send_named)
        finally:
            seconds = time.perf_counter() - start
            route = getattr(scope.get("route"), "path", "unknown")
            _requests.labels(scope["method"], route, str(status)).inc()
            _seconds.labels(scope["method"], route).observe(seconds)
            access.info("%s %s %s %.1f ms", scope["method"], scope["path"], status, seconds * 1000)
            request_id.reset(token)


class Deadline:
    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self.app = app
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(self.seconds if scope["type"] == "http" else None):
                await self.app(scope, receive, send)
        except TimeoutError:
            problem = {"title": "Service Unavailable", "status": 503}
            response = JSONResponse(problem, 503, media_type="application/problem+json")
            await response(scope, receive, send)
