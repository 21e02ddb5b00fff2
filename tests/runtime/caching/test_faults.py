"""A service whose reads are kept, while PostgreSQL or Redis is away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import text

from ..blog.settings import Settings
from ..faults import until
from ..harness import Api, database, settings_for
from .blog import cache_in, serving_kept
from .valkey import Valkey


@pytest.mark.parametrize(
    ("fall", "rise"), [(Valkey.pause, Valkey.resume), (Valkey.kill, Valkey.start)]
)
async def test_a_service_without_redis_answers_all(
    settings: Settings,
    valkey: Valkey,
    fall: Callable[[Valkey], None],
    rise: Callable[[Valkey], None],
) -> None:
    async with serving_kept(settings, valkey, local_ttl=60) as api:
        user = await api.user()
        path = f"/users/{user['id']}"
        fallen = asyncio.Event()

        async def work(number: int) -> None:
            for turn in range(20):
                if turn == 5 and number == 0:
                    fall(valkey)
                    fallen.set()
                if turn == 12 and number == 0:
                    rise(valkey)
                if number == 1:
                    name = f"renamed_{turn}"
                    changed = await api.client.patch(path, json={"username": name})
                    assert changed.status_code == 200, changed.text
                    assert (await api.get(path))["username"] == name
                response = await api.client.get(path if turn % 2 else "/users")
                assert response.status_code == 200, response.text

        try:
            await asyncio.gather(*(work(number) for number in range(5)))
        finally:
            valkey.resume()
        assert fallen.is_set()

        # Its breaker stays open for a second, whoever asks.
        async def is_up() -> bool:
            ready = (await api.client.get("/health/ready")).json()
            return bool(ready["sources"]["cache_store"]["status"] == "up")

        await until(is_up, seconds=10)


async def test_redis_is_no_reason_to_be_unready(settings: Settings, valkey: Valkey) -> None:
    async with serving_kept(settings, valkey) as api:
        valkey.kill()
        response = await api.client.get("/health/ready")
        assert response.status_code == 200
        assert response.json()["sources"]["cache_store"]["status"] == "down"


async def test_what_is_kept_is_answered_without_a_database(
    server: Settings, migrated: Settings, shared_valkey: Valkey
) -> None:
    async with (
        database(server, migrated) as settings,
        serving_kept(settings, shared_valkey, ttl=1.0, stale_for=60) as api,
    ):
        user = await api.user()
        path = f"/users/{user['id']}"
        await api.get(path)
        await shut(server, settings)
        assert (await api.get(path))["id"] == user["id"]
        await asyncio.sleep(1)
        response = await api.client.get(path)
        assert response.status_code == 200, response.text
        assert cache_in(api).counts.stale > 0
        assert (await api.client.get("/posts")).status_code == 503


async def shut(server: Settings, settings: Settings) -> None:
    """Nobody can connect any more, and who was connected is not."""
    name = settings.database.sqlalchemy_url.database
    url = server.database.sqlalchemy_url.set(drivername="postgresql")
    other = settings_for(url.render_as_string(hide_password=False))
    async with serving_kept(other, None) as api:
        await api.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await terminate(api, str(name))


async def terminate(api: Api, name: str) -> None:
    async with api.database.session() as session:
        await session.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": name},
        )
