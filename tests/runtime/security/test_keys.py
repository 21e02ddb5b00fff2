"""Keys of an identity provider that rotates them, is slow, is down, or answers with nonsense."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from terapin.runtime.core.security import keys as core_keys
from tests.contract import DEEP

from ..blog.settings import Settings
from ..harness import Api
from .guarded import bearer, guarded, security
from .issuer import (
    Json,
    Provider,
    claims,
    ec_jwk,
    ec_key,
    es_token,
    publishing,
    rs,
    rs_token,
    rsa_jwk,
    rsa_key,
    signed,
)

QUICK: Json = {"jwks_pause": 0.2, "jwks_refresh": 60, "jwks_timeout": 5}


@asynccontextmanager
async def asking(settings: Settings, provider: Provider, **others: Any) -> AsyncIterator[Api]:
    chosen = security(jwks=provider.url, **{**QUICK, **others})
    async with guarded(settings, chosen) as api:
        yield api


async def status(api: Api, token: bytes) -> int:
    return (await api.client.get("/me", headers=bearer(token))).status_code


def rotated(name: str = "next") -> list[Json]:
    return [rsa_jwk(name, rsa_key(name))]


async def test_keys_are_asked_for_once(settings: Settings) -> None:
    async with publishing() as provider, asking(settings, provider) as api:
        for _ in range(20):
            assert await status(api, rs_token()) == 200
            assert await status(api, es_token()) == 200
        assert provider.asked == 1


async def test_a_new_key_is_found_when_it_is_used(settings: Settings) -> None:
    async with publishing() as provider, asking(settings, provider) as api:
        assert await status(api, rs_token()) == 200
        provider.keys = [*provider.keys, *rotated()]
        await asyncio.sleep(0.2)
        answers = await asyncio.gather(
            *(status(api, rs_token("next", "next", sub=f"u{each}")) for each in range(20))
        )
        assert answers == [200] * 20
        assert provider.asked == 2


async def test_a_key_that_is_gone_is_worth_nothing(settings: Settings) -> None:
    """Nor is what it has signed and is remembered."""
    async with publishing() as provider, asking(settings, provider) as api:
        assert await status(api, rs_token()) == 200
        provider.keys = rotated()
        await asyncio.sleep(0.2)
        assert await status(api, rs_token("next", "next")) == 200
        assert await status(api, rs_token()) == 401


async def test_another_key_of_the_same_id(settings: Settings) -> None:
    async with publishing() as provider, asking(settings, provider, jwks_refresh=0.2) as api:
        old = rs_token()
        assert await status(api, old) == 200
        provider.keys = [rsa_jwk("rsa", rsa_key("next"))]
        await asyncio.sleep(0.6)
        assert await status(api, old) == 401
        assert await status(api, rs_token("rsa", "next")) == 200


async def test_unknown_keys_do_not_make_it_ask_often(settings: Settings) -> None:
    async with publishing() as provider, asking(settings, provider, jwks_pause=30) as api:
        assert await status(api, rs_token()) == 200
        for number in range(50):
            assert await status(api, rs_token(f"kid{number}", "foreign")) == 401
        assert provider.asked == 1


async def test_known_keys_hold_while_the_provider_is_down(settings: Settings) -> None:
    async with publishing() as provider, asking(settings, provider, jwks_refresh=0.1) as api:
        assert await status(api, rs_token()) == 200
        await provider.stop()
        await asyncio.sleep(0.5)
        assert await status(api, rs_token(sub="bob")) == 200
        # It could be a new one of theirs, or not.
        unknown = await api.client.get("/me", headers=bearer(rs_token("next", "next")))
        assert unknown.status_code == 503
        assert int(unknown.headers["retry-after"]) >= 1
        assert await status(api, rs_token(key="foreign")) == 401
        provider.keys = [*provider.keys, *rotated()]
        await provider.start()
        await asyncio.sleep(0.3)
        assert await status(api, rs_token("next", "next")) == 200


async def test_keys_do_not_hold_for_ever(settings: Settings) -> None:
    async with (
        publishing() as provider,
        asking(settings, provider, jwks_refresh=0.1, jwks_stale=2) as api,
    ):
        assert await status(api, rs_token()) == 200
        await provider.stop()
        await asyncio.sleep(2.5)
        assert await status(api, rs_token(sub="bob")) == 503
        assert (await api.client.get("/me")).status_code == 200


async def test_it_starts_without_the_provider(settings: Settings) -> None:
    async with publishing() as provider:
        await provider.stop()
        async with asking(settings, provider) as api:
            assert (await api.client.get("/users")).status_code == 200
            assert await status(api, rs_token()) == 503
            await provider.start()
            await asyncio.sleep(0.3)
            assert await status(api, rs_token()) == 200


async def test_a_slow_provider_holds_up_nobody_else(settings: Settings) -> None:
    async with publishing() as provider, asking(settings, provider, jwks_timeout=2) as api:
        assert await status(api, rs_token()) == 200
        provider.pause = 0.05
        await asyncio.sleep(0.2)
        start = time.perf_counter()
        waiting = asyncio.create_task(status(api, rs_token("next", "next")))
        await asyncio.sleep(0.05)
        assert await status(api, rs_token(sub="bob")) == 200
        assert not waiting.done()
        assert await waiting == 503
        assert time.perf_counter() - start < 8
        assert provider.asked == 2


async def test_who_gives_up_does_not_stop_the_look_of_others(settings: Settings) -> None:
    async with publishing() as provider, asking(settings, provider) as api:
        assert await status(api, rs_token()) == 200
        provider.keys, provider.pause = rotated(), 0.0005
        await asyncio.sleep(0.2)
        first = asyncio.create_task(status(api, rs_token("next", "next")))
        await asyncio.sleep(0.05)
        second = asyncio.create_task(status(api, rs_token("next", "next")))
        await asyncio.sleep(0.05)
        first.cancel()
        assert await second == 200
        assert provider.asked == 2


@pytest.fixture
def soon_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider that was of no use is asked again."""
    monkeypatch.setattr(core_keys, "_FIRST_PAUSE", 0.05)


NONSENSE = [
    {"status": b"500 Oops"},
    {"status": b"302 Found", "headers": b"Location: http://127.0.0.1:1/\r\n"},
    {"answer": b""},
    {"answer": b"[]"},
    {"answer": b"{}"},
    {"answer": b'{"keys": {}}'},
    {"answer": b'{"keys": []}'},
    {"answer": b'{"keys": [1, null, {"kty": "RSA"}, {"kty": "RSA", "n": 1, "e": 2}]}'},
    {"answer": b'{"keys": [], "keys": []}'},
    {"answer": b"x" * 300_000},
    {"answer": b"[" * 200_000},
    {"answer": b"\xff\xfe"},
    pytest.param(
        {"keys": [rsa_jwk("rsa", rsa_key("own")), rsa_jwk("rsa", rsa_key("next"))]},
        id="two of one name",
    ),
    pytest.param({"keys": [rsa_jwk("rsa", rsa_key("own"))] * 101}, id="too many"),
]


@pytest.mark.parametrize(
    "wrong",
    NONSENSE if DEEP else NONSENSE[::2],
    ids=lambda wrong: json.dumps(wrong, default=repr)[:60],
)
@pytest.mark.usefixtures("soon_again")
async def test_nonsense_changes_nothing(settings: Settings, wrong: Json) -> None:
    async with publishing() as provider, asking(settings, provider, jwks_refresh=0.1) as api:
        assert await status(api, rs_token()) == 200
        for name, value in wrong.items():
            setattr(provider, name, value)
        await provider.asked_again(2)
        assert await status(api, rs_token(sub="bob")) == 200
        assert await status(api, rs_token(key="foreign")) == 401


@pytest.mark.parametrize(
    "jwk",
    [
        rsa_jwk("rsa", rsa_key("own"), use="enc"),
        rsa_jwk("rsa", rsa_key("own"), alg="RS512"),
        rsa_jwk("rsa", rsa_key("own"), alg="HS256"),
        rsa_jwk("rsa", rsa_key("own"), key_ops=["encrypt"]),
        rsa_jwk("rsa", rsa_key("own"), key_ops="verify"),
        rsa_jwk(["rsa"], rsa_key("own")),
        {"kty": "oct", "kid": "rsa", "k": "c2VjcmV0"},
        {"kty": "oct", "kid": "rsa", "k": "c2VjcmV0", "alg": "RS256"},
    ],
    ids=["enc", "RS512", "HS256", "encrypt", "no list", "list as id", "oct", "oct as RS256"],
)  # fmt: skip
async def test_keys_for_something_else_verify_nothing(settings: Settings, jwk: Json) -> None:
    keys = [jwk, ec_jwk("ec", ec_key("own"))]
    async with publishing(keys=keys) as provider, asking(settings, provider) as api:
        assert await status(api, es_token()) == 200
        assert await status(api, rs_token()) == 401


async def test_a_short_key_verifies_nothing(settings: Settings) -> None:
    keys = [rsa_jwk("rsa", rsa_key("short", 1024)), ec_jwk("ec", ec_key("own"))]
    token = signed({"alg": "RS256", "kid": "rsa"}, claims(), rs(rsa_key("short", 1024)))
    async with publishing(keys=keys) as provider, asking(settings, provider) as api:
        assert await status(api, es_token()) == 200
        assert await status(api, token) == 401


async def test_it_ends_while_it_asks(settings: Settings) -> None:
    async with publishing(pause=0.05) as provider:
        start = time.perf_counter()
        async with asking(settings, provider, jwks_timeout=30):
            await asyncio.sleep(0.1)
        assert time.perf_counter() - start < 5
