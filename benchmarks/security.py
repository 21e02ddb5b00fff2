"""To know in whose name a request comes costs so much: without a token, with one that is remembered, with a new one.

A bare ASGI application is called with core's authentication around it and without, in turns and without a server. So much
more it costs to count requests: in the process, in Redis, and those that are refused.

    python -m benchmarks.security [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import uvloop
from pydantic import SecretStr
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from tests.runtime.security.guarded import security
from tests.runtime.security.issuer import es_token, hs_token, publishing, rs_token

from terapin.runtime.core.embedded import development_server
from terapin.runtime.core.security.authentication import Authentication, Security
from terapin.runtime.core.security.limits import Limits, TooManyRequests
from terapin.runtime.core.security.subject import Subject
from terapin.runtime.core.settings import RedisSettings
from terapin.runtime.core.sources.declared import Declared
from terapin.runtime.core.sources.manager import Sources
from terapin.runtime.core.sources.redis import Redis

ROUNDS = 15
CALLS = 2_000
NEW = 200

HEADERS = [
    (b"host", b"blog.test"),
    (b"user-agent", b"benchmark"),
    (b"accept", b"*/*"),
    (b"accept-encoding", b"gzip"),
    (b"connection", b"keep-alive"),
]
# What an identity provider says beside what is needed.
CLAIMS: dict[str, Any] = {
    "jti": "2b1f6f0c-6f0e-4b0e-9d55-0f3f6f6ad2c1",
    "roles": ["editor", "admin"],
    "tenant": "acme",
    "email": "ada@example.org",
    "name": "Ada Lovelace",
    "scope": "openid profile email",
}


async def bare(scope: Scope, receive: Receive, send: Send) -> None:
    """It does nothing, so that nothing but what is around it is measured."""


async def receive() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def send(_: Message) -> None: ...


async def seconds(app: ASGIApp, tokens: Iterable[bytes | None]) -> float:
    """Of one call, with each of the tokens in turn."""
    scopes = [
        {
            "type": "http",
            "headers": [*HEADERS, *([(b"authorization", b"Bearer " + each)] if each else [])],
        }
        for each in tokens
    ]
    start = time.perf_counter()
    for scope in scopes:
        await app(scope, receive, send)
    return (time.perf_counter() - start) / len(scopes)


async def measure() -> dict[str, float]:
    """Microseconds, each the median of all rounds."""
    found: dict[str, list[float]] = {}

    def note(name: str, value: float) -> None:
        found.setdefault(name, []).append(value * 1e6)

    async with publishing() as provider:
        by_secret, by_keys = Security(security()), Security(security(jwks=provider.url))
        async with by_secret.tokens.running(), by_keys.tokens.running():
            secret, keys = Authentication(bare, by_secret), Authentication(bare, by_keys)
            hs, rs = hs_token(**CLAIMS), rs_token(**CLAIMS)
            await seconds(secret, [hs])
            await seconds(keys, [rs])
            for number in range(ROUNDS):
                without = await seconds(bare, [None] * CALLS)
                note("without a token", await seconds(secret, [None] * CALLS) - without)
                note("HS256, remembered", await seconds(secret, [hs] * CALLS) - without)
                note("RS256, remembered", await seconds(keys, [rs] * CALLS) - without)
                note("HS256, new", await seconds(secret, _new(hs_token, number)) - without)
                note("RS256, new", await seconds(keys, _new(rs_token, number)) - without)
                note("ES256, new", await seconds(keys, _new(es_token, number)) - without)
    return {name: round(statistics.median(each), 2) for name, each in found.items()}


async def measure_limits(url: str) -> dict[str, float]:
    """As above, each request after the other."""
    subject, scope = Subject("ada", "user"), {"path": "/", "root_path": ""}
    settings: Any = SimpleNamespace(store=RedisSettings(url=SecretStr(url)))
    most, least = security(rate_limit="999999/s"), security(rate_limit="1/h")
    async with (
        Sources([Declared("store", Redis)], settings) as redis,
        Sources([], settings) as none,
    ):
        ways = {
            "counted in the process": Limits(most, "a", none),
            "counted in Redis": Limits(most, "a", redis),
            "refused": Limits(least, "b", redis),
        }
        found: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, limits in ways.items():
                start = time.perf_counter()
                for _ in range(NEW):
                    with suppress(TooManyRequests):
                        await limits.check(subject, scope)
                found[name].append((time.perf_counter() - start) / NEW * 1e6)
    return {name: round(statistics.median(each), 2) for name, each in found.items()}


def _new(token: Callable[..., bytes], number: int) -> list[bytes]:
    """None of which was seen before."""
    return [token(**CLAIMS, sub=f"user{number}x{each}") for each in range(NEW)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    options = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        found = runner.run(measure())
        with (
            TemporaryDirectory() as directory,
            development_server("redis", Path(directory), durable=False) as url,
        ):
            found |= runner.run(measure_limits(url))
    print("microseconds a request")
    for name, value in found.items():
        print(f"{name:22} {value:8.2f}")
    if options.json:
        options.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
