"""Log lines: short ones to read in development, JSON in production."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
import logging.config
import os
import select
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextvars import Context, ContextVar
from typing import Any, TextIO

import orjson

from .settings import ServiceSettings

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
# What each line says of the work that it is about, beside the message.
context: ContextVar[Mapping[str, object] | None] = ContextVar("context", default=None)

access = logging.getLogger("access")
logger = logging.getLogger(__name__)

_KNOWN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "color_message"}

# So many bytes go into a pipe that has room at once, unmixed with those of other processes.
_AT_ONCE = select.PIPE_BUF
# Seconds for which whoever reads the lines is waited for.
_PATIENCE = 1.0
# Seconds between two writes of lines of requests: each takes as long as the lines themselves.
_PAUSE = 0.01


def log_request(method: str, path: str, status: int, seconds: float) -> None:
    if not access.isEnabledFor(logging.INFO):
        return
    milliseconds = round(seconds * 1000, 1)
    if (lines := _unattended()) is not None:
        lines.add_request(method, path, status, milliseconds)
        return
    extra = {"method": method, "path": path, "status": status, "duration_ms": milliseconds}
    access.info("%s %s %s %.1f ms", method, path, status, milliseconds, extra=extra)


def _unattended() -> Lines | None:
    """Where the lines of requests go, if nobody but core has a part in them: then no record need be made."""
    handlers = logging.root.handlers
    if access.handlers or access.filters or not access.propagate or len(handlers) != 1:
        return None
    [lines] = handlers
    if type(lines) is not Lines or type(lines.formatter) is not JsonFormatter:
        return None
    if lines.filters or lines.level > logging.INFO:
        return None
    return lines if logging.getLogRecordFactory() is logging.LogRecord else None


class JsonFormatter(logging.Formatter):
    """One object a line; what a call gave as `extra` stands beside the message."""

    _second = -1
    _second_as_text = ""

    def format(self, record: logging.LogRecord) -> str:
        given = {name: value for name, value in vars(record).items() if name not in _KNOWN}
        if record.exc_info:
            given["traceback"] = self.formatException(record.exc_info)
        line = {
            "time": self.time(record.created),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id.get(),
            **(context.get() or {}),
            **given,
        }
        return _as_json(line).decode()

    def time(self, created: float) -> str:
        """Most lines are of the same second as the one before."""
        second = int(created)
        if second != self._second:
            moment = dt.datetime.fromtimestamp(second, dt.UTC)
            self._second, self._second_as_text = second, moment.strftime("%Y-%m-%dT%H:%M:%S")
        return f"{self._second_as_text}.{int((created - second) * 1e6):06}+00:00"


def _as_json(line: Mapping[str, object]) -> bytes:
    try:
        return orjson.dumps(line, default=str)
    except TypeError:
        # Of half a character, or a number beyond 64 bits.
        return json.dumps(line, default=str).encode()


class Lines(logging.Handler):
    """To stderr, in order and whole; those of requests that follow each other at once are written together.

    Every other line is written when it comes, with those before it. Somebody who does not read them is waited for once;
    lines for which there is no room after that are counted, and how many they were is told when there is.
    """

    def __init__(self) -> None:
        super().__init__()
        self._stream: TextIO = sys.stderr
        self._unwritten: list[bytes] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._written_at = 0.0
        self._is_full = False
        self._lost = 0

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._unwritten.append(self.format(record).encode(errors="backslashreplace"))
            if record.name != access.name or not self._is_flushed_later():
                self.flush()
        except Exception:
            self.handleError(record)

    def add_request(self, method: str, path: str, status: int, milliseconds: float) -> None:
        """As `emit` would with a record of it, in half the time."""
        formatter: Any = self.formatter
        line = {
            "time": formatter.time(time.time()),
            "level": "INFO",
            "logger": access.name,
            "message": f"{method} {path} {status} {milliseconds} ms",
            "request_id": request_id.get(),
            "method": method,
            "path": path,
            "status": status,
            "duration_ms": milliseconds,
        }
        self._unwritten.append(_as_json(line))
        if not self._is_flushed_later():
            self.flush()

    def flush(self) -> None:
        self.acquire()
        try:
            lines, self._unwritten = self._unwritten, []
            self._written_at = time.monotonic()
            for count, text in _together(lines):
                self._write(count, text)
        except (OSError, ValueError):
            # There is nobody left who could be told.
            pass
        finally:
            self.release()

    def _is_flushed_later(self) -> bool:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return False
        if len(self._unwritten) == 1 or loop is not self._loop:
            self._loop = loop
            pause = self._written_at + _PAUSE - time.monotonic()
            if pause > 0:
                loop.call_later(pause, self.flush, context=Context())
            else:
                loop.call_soon(self.flush)
        return True

    def _write(self, count: int, text: bytes) -> None:
        try:
            file = self._stream.fileno()
        except OSError:
            # Somebody has put an object in its place.
            self._stream.write(text.decode())
            return
        seconds = 0 if self._is_full else _PATIENCE
        self._is_full = not select.select((), (file,), (), seconds)[1]
        if self._is_full:
            self._lost += count
            return
        if self._lost:
            lost, self._lost = self._lost, 0
            logger.warning("%d lines were lost: nobody has read stderr", lost)
        while text:
            text = text[os.write(file, text) :]


def _together(lines: Sequence[bytes]) -> Iterator[tuple[int, bytes]]:
    """As many whole lines as can be written at once, and how many they are."""
    count, together = 0, b""
    for line in lines:
        text = line + b"\n"
        if together and len(together) + len(text) > _AT_ONCE:
            yield count, together
            count, together = 0, b""
        while len(text) > _AT_ONCE:
            yield 0, text[:_AT_ONCE]
            text = text[_AT_ONCE:]
        count, together = count + 1, together + text
    if together:
        yield count, together


def configure_logging(settings: ServiceSettings) -> None:
    """Idempotent. Requests are logged by core, so the server's own lines of them are not wanted."""
    formatter = (
        {"()": JsonFormatter}
        if settings.json_logs
        else {"format": "%(asctime)s %(levelname)-7s %(message)s", "datefmt": "%H:%M:%S"}
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": formatter},
            "handlers": {"stderr": {"()": Lines, "formatter": "line"}},
            "root": {"level": settings.log_level, "handlers": ["stderr"]},
            "loggers": {
                "uvicorn": {"handlers": [], "propagate": True},
                "uvicorn.error": {"handlers": [], "propagate": True},
                "uvicorn.access": {"handlers": [], "propagate": False},
            },
        }
    )
