"""What surrounds every request costs so much: names, times, limits, metrics and a line of the log.

A bare ASGI application is called with a service's middleware around it and without, in turns and without a server.
The lines go through a pipe that is read, as those of a container do.

    python -m benchmarks.envelope [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvloop
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from tests.runtime.blog.endpoints import resources

from terapin.runtime.core.application import install
from terapin.runtime.core.logs import configure_logging
from terapin.runtime.core.middleware import Apart
from terapin.runtime.core.settings import ServiceSettings
from terapin.runtime.core.sources.manager import Sources

ROUNDS = 15
CALLS = 2000
# Of requests that are answered at the same time.
CROWD = 10

HEADERS = [
    (b"host", b"blog.test"),
    (b"user-agent", b"benchmark"),
    (b"accept", b"*/*"),
    (b"accept-encoding", b"gzip"),
    (b"connection", b"keep-alive"),
]


async def bare(scope: Scope, receive: Receive, send: Send) -> None:
    """It waits once, as who asks a database does."""
    loop = asyncio.get_running_loop()
    answered = loop.create_future()
    loop.call_soon(answered.set_result, None)
    await answered
    scope["route"] = ROUTE
    headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"{}"})


class Route:
    path = "/users/{id}"


ROUTE = Route()


def surrounded(settings: ServiceSettings, *, apart: bool) -> ASGIApp:
    """By all that a service installs, but nothing of FastAPI's own; `apart` as what is handed on to its router."""
    app = FastAPI()
    install(app, settings, resources)
    app.state.sources = Sources([], settings)
    inner: ASGIApp = Apart(bare) if apart else bare
    for middleware in reversed(app.user_middleware):
        inner = middleware.cls(inner, *middleware.args, **middleware.kwargs)

    async def called(scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = app
        await inner(scope, receive, send)

    return called


async def receive() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def send(message: Message) -> None:
    """As a server does that has nobody to send to."""


async def request(app: ASGIApp) -> None:
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": "/users/6f1c7c52-8a2b-4b0e-9f43-0d6d8b4c8e11",
        "query_string": b"",
        "headers": HEADERS,
    }
    await app(scope, receive, send)


async def crowd(app: ASGIApp) -> None:
    await asyncio.gather(*(request(app) for _ in range(CROWD)))


async def seconds(app: ASGIApp) -> float:
    """Of the processor, for one request."""
    start = time.process_time()
    for _ in range(CALLS // CROWD):
        await crowd(app)
    return (time.process_time() - start) / CALLS


async def in_turns(sides: dict[str, tuple[str, ASGIApp]]) -> dict[str, float]:
    samples: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, (level, app) in sides.items():
            logging.getLogger().setLevel(level)
            samples[name].append(await seconds(app))
    return {name: statistics.median(each) for name, each in samples.items()}


@contextmanager
def stderr_read() -> Iterator[None]:
    """Stderr as a pipe, which somebody reads to the end."""
    before = os.dup(sys.stderr.fileno())
    command = ["cat"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as reader:
        assert reader.stdin
        os.dup2(reader.stdin.fileno(), sys.stderr.fileno())
        try:
            yield
        finally:
            logging.shutdown()
            os.dup2(before, sys.stderr.fileno())


def measure() -> dict[str, float]:
    settings = ServiceSettings(environment="production")
    with stderr_read():
        configure_logging(settings)
        app = surrounded(settings, apart=False)
        sides = {
            "bare": ("WARNING", bare),
            "surrounded": ("WARNING", app),
            "and logged": ("INFO", app),
            "and apart": ("INFO", surrounded(settings, apart=True)),
        }
        return uvloop.run(in_turns(sides))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    figures = measure()
    for name, each in figures.items():
        more = each - figures["bare"]
        print(
            f"{name:12} {each * 1e6:8.1f} µs a request"
            f"   {more * 1e6:+8.1f} µs   {each / figures['bare']:.1f} of the bare application"
        )
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
