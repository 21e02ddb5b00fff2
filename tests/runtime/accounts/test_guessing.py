"""Nobody guesses for long, in however many processes; and nobody who guesses keeps the owner out."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine

from terapin.runtime.core.security import limits
from terapin.runtime.core.settings import RedisSettings

from ..blog.settings import Settings
from ..caching.valkey import Valkey, running
from ..security.issuer import SECRET
from ..security.serving import served
from .kept import OTHER, PASSWORD, Service, keeping, with_tables

ADA = "ada@example.org"
PROGRAM = (sys.executable, "-m", "tests.runtime.accounts.serving")


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    with running(tmp_path) as server:
        yield server


@pytest.fixture
def redis(valkey: Valkey, monkeypatch: pytest.MonkeyPatch) -> RedisSettings:
    """However busy the machine is, it is waited for."""
    monkeypatch.setattr(limits, "_PATIENCE", 10)
    return RedisSettings(url=SecretStr(valkey.url), acquire_timeout=10)


def environment(settings: Settings) -> dict[str, str]:
    return {
        **os.environ,
        "BLOG_DATABASE_URL": settings.database.given_url,
        "BLOG_SECURITY_SECRET": SECRET,
        "BLOG_LOG_LEVEL": "ERROR",
        "BLOG_ACCOUNTS_VERIFICATION": "false",
        "BLOG_ACCOUNTS_LOGIN_RATE": "10/h",
    }


async def guess(clients: list[httpx.AsyncClient], number: int, password: str = OTHER) -> list[int]:
    """So many at once of each."""
    body = {"email": ADA, "password": password}
    asked = [each.post("/auth/login", json=body) for each in clients for _ in range(number)]
    return sorted(answer.status_code for answer in await asyncio.gather(*asked))


async def test_two_processes_count_together(settings: Settings) -> None:
    """By PostgreSQL. The right password is refused, too, by then."""
    await with_tables(settings)
    async with AsyncExitStack() as stack:
        started = [served(PROGRAM, environment(settings)) for _ in range(2)]
        clients = await asyncio.gather(*map(stack.enter_async_context, started))
        for client in clients:
            client.timeout = httpx.Timeout(60)
        await clients[0].post("/auth/register", json={"email": ADA, "password": PASSWORD})
        assert await guess(clients, 8) == [401] * 10 + [429] * 6
        assert await guess(clients, 1, PASSWORD) == [429, 429]


async def test_two_count_together_in_redis(settings: Settings, redis: RedisSettings) -> None:
    """And by nothing else."""
    async with (
        keeping(settings, login_rate="3/h", store=redis) as one,
        keeping(settings, login_rate="3/h", store=redis) as other,
    ):
        await one.join()
        clients = [one.client, other.client]
        assert await guess(clients, 1) == [401] * 2
        await other.login()
        assert await guess(clients, 2) == [401] + [429] * 3
        engine = create_async_engine(settings.database.sqlalchemy_url, poolclass=NullPool)
        async with engine.begin() as connection:
            rows = await connection.scalars(text("SELECT name FROM auth_limits"))
            assert {name.partition(":")[0] for name in rows} == {"known"}
        await engine.dispose()


async def test_while_redis_is_away_postgresql_counts(
    settings: Settings, valkey: Valkey, redis: RedisSettings
) -> None:
    async with (
        keeping(settings, login_rate="3/h", store=redis) as one,
        keeping(settings, login_rate="3/h", store=redis) as other,
    ):
        await one.join()
        valkey.kill()
        assert await guess([one.client, other.client], 3) == [401] * 3 + [429] * 3


async def test_the_refusal_says_when_to_come_again(settings: Settings) -> None:
    async with keeping(settings, login_rate="3/h") as service:
        await service.join()
        for _ in range(3):
            await service.send("login", 401, email=ADA, password=OTHER)
        body = {"email": ADA, "password": OTHER}
        answer = await service.client.post("/auth/login", json=body)
        assert answer.status_code == 429
        assert 1100 <= int(answer.headers["retry-after"]) <= 1200
        assert answer.headers["cache-control"] == "no-store"
        assert answer.json()["title"] == "Too Many Requests"


async def test_what_is_right_counts_for_nothing(settings: Settings) -> None:
    async with keeping(settings, login_rate="2/h", address_rate="4/h") as service:
        await service.join()
        for _ in range(6):
            await service.login()
        statuses = await guess([service.client], 4, PASSWORD)
        assert set(statuses) <= {200, 429}
        await service.login()
        await service.send("login", 401, email=ADA, password=OTHER)


def at(service: Service, address: str) -> httpx.AsyncClient:
    """A client of that address."""
    transport = httpx.ASGITransport(service.app, client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://blog.test")


async def test_who_guesses_keeps_nobody_out(settings: Settings) -> None:
    async with (
        keeping(settings, login_rate="3/h") as service,
        at(service, "198.51.100.7") as thief,
        at(service, "203.0.113.5") as abroad,
    ):
        await service.join()
        right = {"email": ADA, "password": PASSWORD}
        assert await guess([thief], 6) == [401] * 3 + [429] * 3
        # Where the owner has been before.
        await service.login()
        assert (await abroad.post("/auth/login", json=right)).status_code == 429
        # By mail, from anywhere.
        await service.send("password/forgot", 202, email=ADA)
        mail = await service.post.next()
        reset = {"token": mail.token, "password": OTHER}
        assert (await abroad.post("/auth/password/reset", json=reset)).status_code == 204
        right["password"] = OTHER
        assert (await abroad.post("/auth/login", json=right)).status_code == 200
        assert await guess([thief], 1) == [429]


async def test_one_network_has_so_many_guesses_over_all_accounts(settings: Settings) -> None:
    async with keeping(settings, address_rate="5/h") as service:
        answers = []
        for number in range(7):
            body = {"email": f"user{number}@example.org", "password": OTHER}
            answers.append((await service.client.post("/auth/login", json=body)).status_code)
        assert answers == [401] * 5 + [429] * 2
        async with at(service, "2001:db8::1") as one, at(service, "2001:db8::2") as other:
            assert await guess([one, other], 3) == [401] * 5 + [429]


async def test_an_address_gets_so_many_mails(settings: Settings) -> None:
    async with keeping(settings, mail_rate="3/h") as service:
        for _ in range(3):
            await service.send("register", 202, email=ADA, password=PASSWORD)
        await service.send("password/forgot", 429, email=ADA)
        await service.send("password/forgot", 202, email="bob@example.org")


async def test_what_is_over_does_not_stay(settings: Settings) -> None:
    engine = create_async_engine(settings.database.sqlalchemy_url, poolclass=NullPool)
    async with keeping(settings) as service:
        async with engine.begin() as connection:
            await connection.execute(
                text("INSERT INTO auth_limits SELECT i::text, now() FROM generate_series(1, 30) i")
            )
        await service.send("login", 401, email=ADA, password=OTHER)
        async with engine.begin() as connection:
            number = await connection.scalar(
                text("SELECT count(*) FROM auth_limits WHERE until < now()")
            )
    await engine.dispose()
    assert number == 0
