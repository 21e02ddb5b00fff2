"""What was revoked is refused everywhere within two seconds, whatever happens to the connections meanwhile."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from dataclasses import replace
from typing import Any
from unittest.mock import patch
from uuid import UUID

import httpx
import pytest

from terapin.runtime.core.database import Database
from terapin.runtime.core.security import api_keys
from terapin.runtime.core.security.authentication import Security
from terapin.runtime.core.security.revocation import Revocation
from terapin.runtime.core.security.subject import ANONYMOUS, Subject, Unauthenticated

from ..blog.settings import Settings
from ..harness import Api
from .guarded import bearer, guarded, security, with_table
from .issuer import SECRET, hs_token
from .serving import served

# Seconds after which nothing that was revoked is taken.
WITHIN = 2.0


async def status(client: httpx.AsyncClient, token: bytes) -> int:
    return (await client.get("/me", headers=bearer(token))).status_code


async def until_refused(token: bytes, *clients: httpx.AsyncClient) -> float:
    """The seconds until all of them do."""
    start = time.monotonic()
    for client in clients:
        while await status(client, token) != 401:
            assert time.monotonic() - start < 10
            await asyncio.sleep(0.02)
    return time.monotonic() - start


async def revoke(api: Api, **what: str) -> None:
    guard: Security = api.app.state.security
    async with api.database.session() as session:
        if "token" in what:
            await guard.revoke_token(session, what["token"])
        else:
            await guard.revoke_subject(session, what["subject"])


async def test_a_token_is_revoked_and_no_other(settings: Settings) -> None:
    token, other = hs_token(jti="1"), hs_token(jti="2")
    async with guarded(settings, security()) as api, guarded(settings, security()) as second:
        assert await status(api.client, token) == await status(second.client, token) == 200
        await revoke(api, token="1")
        seconds = await until_refused(token, api.client, second.client)
        assert seconds < WITHIN
        assert await status(api.client, other) == await status(second.client, other) == 200
    async with guarded(settings, security()) as later:
        assert await status(later.client, token) == 401


async def test_what_a_subject_had_is_revoked_and_what_it_gets_is_not(settings: Settings) -> None:
    now = int(time.time())
    old, without = hs_token(iat=now - 5), hs_token(iat=None)
    async with guarded(settings, security()) as api:
        assert await status(api.client, old) == await status(api.client, without) == 200
        await revoke(api, subject="alice")
        await until_refused(old, api.client)
        await until_refused(without, api.client)
        assert await status(api.client, hs_token(sub="bob", iat=now - 5)) == 200
        assert await status(api.client, hs_token(iat=int(time.time()) + 2)) == 200


async def test_who_holds_connections_hears_of_it(settings: Settings) -> None:
    """And finds out which are not good any more: of tokens, of keys, and of what is over."""
    async with guarded(settings, security()) as api:
        guard: Security = api.app.state.security
        async with api.database.session() as session:
            key = await api_keys.create(session, "blog", "printer")
        heard = asyncio.Event()
        guard.listeners.append(heard.set)
        await asyncio.wait_for(heard.wait(), WITHIN)
        of_token, other = [await guard.verified(hs_token(jti=each)) for each in ("1", "2")]
        of_key = await guard.verified(key.encode())
        for subject in (of_token, other, of_key, ANONYMOUS):
            guard.check(subject)
        await revoke(api, token="1")
        async with api.database.session() as session:
            assert await api_keys.revoke_key(session, UUID(of_key.token_id))
        for subject in (of_token, of_key):
            await asyncio.wait_for(_until_bad(guard, subject, heard), WITHIN)
        guard.check(other)
        with pytest.raises(Unauthenticated, match="expired"):
            guard.check(replace(other, expires=time.time()))


async def _until_bad(guard: Security, subject: Subject, heard: asyncio.Event) -> None:
    while True:
        try:
            guard.check(subject)
        except Unauthenticated:
            return
        heard.clear()
        await heard.wait()


async def test_what_is_rolled_back_was_not_revoked(settings: Settings) -> None:
    async with guarded(settings, security()) as api:
        async with api.database.session() as session:
            await api.app.state.security.revoke_token(session, "1")
            await session.rollback()
        await asyncio.sleep(1.5)
        assert await status(api.client, hs_token(jti="1")) == 200


async def test_a_transaction_that_takes_its_time(settings: Settings) -> None:
    """Others are revoked after it began, and known before it ends."""
    token, other = hs_token(jti="slow"), hs_token(jti="other")
    async with guarded(settings, security()) as api:
        async with api.database.session() as session:
            await api.app.state.security.revoke_token(session, "slow")
            await asyncio.sleep(1)
            await revoke(api, token="other")
            await until_refused(other, api.client)
            assert await status(api.client, token) == 200
        assert await until_refused(token, api.client) < WITHIN


async def test_nobody_need_be_heard(settings: Settings) -> None:
    """As behind a pooler that has no LISTEN."""

    async def deaf(_: Database) -> Any:
        raise OSError

    with patch.object(Database, "dedicated", deaf):
        async with guarded(settings, security()) as api:
            token = hs_token(jti="1")
            assert await status(api.client, token) == 200
            await revoke(api, token="1")
            assert await until_refused(token, api.client) < WITHIN


async def test_whoever_is_heard_is_heard_at_once(settings: Settings) -> None:
    with patch("terapin.runtime.core.security.following._PAUSE", 30):
        async with guarded(settings, security()) as api:
            await asyncio.sleep(0.3)
            token = hs_token(jti="1")
            assert await status(api.client, token) == 200
            await revoke(api, token="1")
            assert await until_refused(token, api.client) < WITHIN


async def test_connections_that_are_cut(settings: Settings) -> None:
    """All at once, the one that listens among them."""
    async with guarded(settings, security()) as api:
        await api.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await revoke(api, token="1")
        assert await until_refused(hs_token(jti="1"), api.client) < WITHIN


async def test_without_the_table_no_token_is_taken(settings: Settings) -> None:
    """As before a migration."""
    with patch.object(Revocation, "_follow", _nothing):
        async with guarded(settings, security()) as api:
            await api.execute("DROP TABLE revoked_tokens")
        with patch("tests.runtime.security.guarded.with_table", _nothing):
            async with guarded(settings, security()) as api:
                assert await status(api.client, hs_token()) == 503
                assert (await api.client.get("/users")).status_code == 200


async def _nothing(*_: object) -> None: ...


async def test_what_is_over_is_removed(settings: Settings) -> None:
    async with guarded(settings, security()) as api:
        await revoke(api, token="old")
        await api.execute("UPDATE revoked_tokens SET until = now() - interval '1 second'")
        await revoke(api, token="new")
        rows = await api.database.rows(
            "SELECT name, until > now() + interval '366 days' FROM revoked_tokens"
        )
    assert [tuple(row) for row in rows] == [("new", True)]


async def test_two_processes_and_the_command(settings: Settings) -> None:
    await with_table(settings)
    environment = {
        **os.environ,
        "BLOG_DATABASE_URL": settings.database.given_url,
        "BLOG_SECURITY_SECRET": SECRET,
        "BLOG_LOG_LEVEL": "ERROR",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-m", "tests.runtime.security.serving"]
    async with served(command, environment) as first, served(command, environment) as second:
        revoked: dict[tuple[str, str], Any] = {
            ("--token", "17"): {"jti": "17"},
            ("--subject", "carol"): {"sub": "carol", "iat": int(time.time()) - 5},
        }
        for options, claims in revoked.items():
            token = hs_token(**claims)
            assert await status(first, token) == await status(second, token) == 200
            revoking = [*command, "tokens", "revoke", *options]
            await asyncio.to_thread(subprocess.run, revoking, env=environment, check=True)
            assert await until_refused(token, first, second) < WITHIN
