"""A subject, or an address, makes no more requests than it may: over all processes, and also while Redis is away."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, WebSocket
from pydantic import SecretStr
from starlette.types import Message

from terapin.runtime.core.application import install, lifespan
from terapin.runtime.core.security import limits
from terapin.runtime.core.security.authentication import Security
from terapin.runtime.core.security.limits import Buckets, Limits, SharedBuckets
from terapin.runtime.core.security.settings import Rate, SecuritySettings
from terapin.runtime.core.security.subject import ANONYMOUS, Subject
from terapin.runtime.core.settings import RedisSettings
from terapin.runtime.core.sources.declared import Declared
from terapin.runtime.core.sources.manager import Sources
from terapin.runtime.core.sources.redis import Redis

from ..caching.valkey import Valkey, running
from .guarded import GuardedSettings, bearer, security
from .issuer import hs_token

# Long enough that nothing comes back while a test runs.
RATE = {"rate_limit": "5/h"}
store = Declared("store", Redis)


class CountedSettings(GuardedSettings):
    store: RedisSettings = RedisSettings()


@pytest.fixture(scope="module")
def shared_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    with running(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture
def valkey(shared_valkey: Valkey, monkeypatch: pytest.MonkeyPatch) -> Valkey:
    """What a test has counted there is counted for no other; however busy the machine is, it is waited for."""
    monkeypatch.setattr(limits, "_PATIENCE", 10)
    prefix = f"{secrets.token_hex(4)}_"
    monkeypatch.setitem(CountedSettings.model_config, "env_prefix", prefix)
    return shared_valkey


def service(valkey: Valkey | None, **others: Any) -> FastAPI:
    """That has nothing but subjects, and a Redis or none."""
    wanted = security(**{**RATE, **others})
    url = SecretStr(valkey.url) if valkey else None
    redis = RedisSettings(url=url, acquire_timeout=10)
    settings = CountedSettings(security=wanted, store=redis, log_level="ERROR")
    guard = Security(wanted)
    app = FastAPI(lifespan=lifespan(settings, (store,) if valkey else (), security=guard))
    install(app, settings, [], guard)  # type: ignore[arg-type]

    @app.get("/me")
    async def me() -> None: ...

    @app.websocket("/echo")
    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        await socket.close()

    return app


@asynccontextmanager
async def counted(valkey: Valkey | None, **others: Any) -> AsyncIterator[httpx.AsyncClient]:
    app = service(valkey, **others)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://service.test") as client,
    ):
        yield client


async def statuses(client: httpx.AsyncClient, number: int, subject: str | None = None) -> list[int]:
    headers = bearer(hs_token(sub=subject)) if subject else {}
    return [(await client.get("/me", headers=headers)).status_code for _ in range(number)]


ALL = [200] * 5 + [429]


async def test_a_subject_has_so_many_in_all_processes(valkey: Valkey) -> None:
    async with counted(valkey) as first, counted(valkey) as second:
        assert await statuses(first, 3, "ada") == [200] * 3
        assert await statuses(second, 3, "ada") == [200, 200, 429]
        assert await statuses(first, 1, "ada") == [429]
        assert await statuses(first, 6, "bob") == ALL
        # Whoever gives no name has the address that all share here.
        assert await statuses(second, 3) == [200] * 3
        assert await statuses(first, 3) == [200, 200, 429]


async def test_many_at_once_get_no_more(valkey: Valkey) -> None:
    headers = bearer(hs_token())
    async with counted(valkey) as first, counted(valkey) as second:
        asked = [each.get("/me", headers=headers) for each in (first, second) for _ in range(20)]
        answers = [each.status_code for each in await asyncio.gather(*asked)]
    assert sorted(answers) == [200] * 5 + [429] * 35


async def test_the_refusal_says_when_to_come_again() -> None:
    async with counted(None) as client:
        await statuses(client, 5)
        refused = await client.get("/me")
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["title"] == "Too Many Requests"
    # A fifth of an hour, less what the requests took.
    assert 600 < int(refused.headers["retry-after"]) <= 720


@pytest.mark.parametrize("has_redis", [True, False])
async def test_who_waits_comes_again(valkey: Valkey, has_redis: bool) -> None:
    async with counted(valkey if has_redis else None, rate_limit="1/s") as client:
        assert 429 in await statuses(client, 50)
        refused = await client.get("/me")
        while refused.status_code == 200:
            refused = await client.get("/me")
        await asyncio.sleep(int(refused.headers["retry-after"]))
        assert await statuses(client, 1) == [200]


async def test_bad_tokens_count_for_the_address() -> None:
    async with counted(None) as client:
        bad = bearer(hs_token(exp=1))
        assert [(await client.get("/me", headers=bad)).status_code for _ in range(6)] == [
            *[401] * 5,
            429,
        ]
        assert await statuses(client, 1) == [429]
        assert await statuses(client, 1, "ada") == [200]


async def test_sockets_count_as_requests_do() -> None:
    app = service(None)
    async with app.router.lifespan_context(app):
        first = [(await _opened(app))[0] for _ in range(6)]
    assert [each["type"] for each in first[:5]] == ["websocket.accept"] * 5
    assert (first[5]["type"], first[5]["status"]) == ("websocket.http.response.start", 429)


async def _opened(app: FastAPI) -> list[Message]:
    """What a socket is answered."""
    answered: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        answered.append(message)

    await app(_scope("10.0.0.1", type="websocket", path="/echo", query_string=""), receive, send)
    return answered


async def test_strangers_may_have_fewer() -> None:
    async with counted(None, anonymous_rate_limit="2/h") as client:
        assert await statuses(client, 3) == [200, 200, 429]
        assert await statuses(client, 6, "ada") == ALL
    async with counted(None, rate_limit=None, anonymous_rate_limit="2/h") as client:
        assert await statuses(client, 3) == [200, 200, 429]
        assert await statuses(client, 10, "ada") == [200] * 10


async def test_who_watches_the_service_is_not_counted() -> None:
    async with counted(None) as client:
        for path in ("/health/live", "/health/ready", "/metrics"):
            assert {(await client.get(path)).status_code for _ in range(10)} == {200}
        assert await statuses(client, 1) == [200]


async def test_it_is_not_counted_where_nobody_asks(valkey: Valkey) -> None:
    async with counted(valkey, rate_limit=None) as client:
        assert await statuses(client, 50) == [200] * 50


async def test_each_process_counts_while_redis_is_away(tmp_path: Path) -> None:
    with running(tmp_path) as valkey:
        async with counted(valkey) as first, counted(valkey) as second:
            assert await statuses(first, 2, "ada") == [200] * 2
            valkey.kill()
            for client in (first, second):
                assert await statuses(client, 6, "ada") == ALL
            valkey.start()
            end = time.monotonic() + 20
            # It has forgotten, and counts for both again.
            while (await statuses(first, 1, "eve")) == [200]:
                assert time.monotonic() < end
                await asyncio.sleep(0.3)
            assert await _until(second, "eve", 429)


async def _until(client: httpx.AsyncClient, subject: str, status: int) -> bool:
    for _ in range(6):
        if status in await statuses(client, 1, subject):
            return True
    return False


async def test_few_wait_for_a_redis_that_is_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, ask = 0, SharedBuckets._ask

    async def counting(*arguments: Any) -> int:
        nonlocal asked
        asked += 1
        return await ask(*arguments)

    with running(tmp_path) as valkey:
        async with counted(valkey, rate_limit="1000/h") as client:
            assert await statuses(client, 1) == [200]
            valkey.pause()
            monkeypatch.setattr(SharedBuckets, "_ask", counting)
            try:
                start = time.monotonic()
                assert await statuses(client, 50) == [200] * 50
                # Three find out, and then one a second does.
                assert 3 <= asked <= 3 + (time.monotonic() - start) / limits._RESET
            finally:
                valkey.resume()


def _scope(address: str | None, **others: str) -> dict[str, Any]:
    client = None if address is None else (address, 1)
    return {"type": "http", "path": "/", "root_path": "", "headers": [], "client": client, **others}


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("10.0.0.1", "10.0.0.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.2", False),
        ("testclient", "testclient", True),
        (None, None, True),
    ],
)
async def test_who_is_one_address(one: str | None, other: str | None, is_same: bool) -> None:
    settings = security(rate_limit="1/h")
    counting = Limits(settings, "", Sources([], CountedSettings(security=settings)))
    await counting.check(ANONYMOUS, _scope(one))
    if is_same:
        with pytest.raises(limits.TooManyRequests):
            await counting.check(ANONYMOUS, _scope(other))
    else:
        await counting.check(ANONYMOUS, _scope(other))


async def test_a_name_is_no_address_and_no_other_kind() -> None:
    settings = security(rate_limit="1/h")
    counting = Limits(settings, "", Sources([], CountedSettings(security=settings)))
    scope = _scope("10.0.0.1")
    await counting.check(ANONYMOUS, scope)
    await counting.check(Subject("10.0.0.1", "user"), scope)
    await counting.check(Subject("10.0.0.1", "key"), scope)


def test_what_is_known_of_strangers_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_MOST_KNOWN", 10)
    buckets, rate = Buckets(), Rate(1, 3600)
    for number in range(100):
        assert buckets.take(str(number), rate) == 0
    assert len(buckets._full) == 10
    assert buckets.take("99", rate) > 0


@pytest.mark.parametrize(
    "rate", ["0/s", "10", "10/d", "-1/s", "1.5/s", "1000000/s", "ten/s", " 1/s"]
)
def test_what_is_no_rate(rate: str) -> None:
    for name in ("rate_limit", "anonymous_rate_limit"):
        with pytest.raises(ValueError, match="must be as 10/s, 600/m or 10000/h"):
            SecuritySettings.model_validate({**security().model_dump(), name: rate})
