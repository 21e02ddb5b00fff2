"""Keys of machines: shown once, known to every process, refused when they are revoked or over."""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
import sys
import time
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from terapin.runtime.core.security import api_keys

from ..blog.settings import Settings
from ..harness import Api
from .guarded import guarded, security, with_table
from .issuer import SECRET, hs_token, publishing
from .serving import served

WITHIN = 2.0


async def create(api: Api, subject: str = "printer", **others: object) -> str:
    async with api.database.session() as session:
        return await api_keys.create(session, "blog", subject, **others)  # type: ignore[arg-type]


async def asked(client: httpx.AsyncClient, **headers: str) -> httpx.Response:
    return await client.get(
        "/me", headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


async def until(client: httpx.AsyncClient, key: str, status: int) -> float:
    start = time.monotonic()
    while (await asked(client, x_api_key=key)).status_code != status:
        assert time.monotonic() - start < 10
        await asyncio.sleep(0.02)
    return time.monotonic() - start


async def test_a_key_is_a_subject(settings: Settings) -> None:
    async with guarded(settings, security()) as api:
        key = await create(api, roles=["reader", "admin"], tenant="acme")
        assert await until(api.client, key, 200) < WITHIN
        for headers in ({"x_api_key": key}, {"authorization": f"Bearer {key}"}):
            assert (await asked(api.client, **headers)).json() == {
                "id": "printer",
                "kind": "key",
                "roles": ["admin", "reader"],
                "tenant": "acme",
            }
    async with guarded(settings, security()) as later:
        assert (await asked(later.client, x_api_key=key)).status_code == 200


async def test_beside_tokens_of_a_provider(settings: Settings) -> None:
    async with (
        publishing() as provider,
        guarded(settings, security(jwks=provider.url)) as api,
    ):
        key = await create(api)
        assert await until(api.client, key, 200) < WITHIN


async def test_what_is_kept_is_no_key(settings: Settings) -> None:
    async with guarded(settings, security()) as api:
        key = await create(api)
        [row] = await api.database.rows("SELECT digest, row_to_json(api_keys)::text FROM api_keys")
        assert bytes(row[0]) == hashlib.sha256(key.encode()).digest()
        assert key.partition("_sk_")[2] not in row[1]
        assert len(key.partition("_sk_")[2]) >= 43
        for kept in (row[0].hex(), f"blog_sk_{row[0].hex()}"):
            assert (await asked(api.client, x_api_key=kept)).status_code == 401
    assert len({await _random() for _ in range(100)}) == 100


async def _random() -> str:
    class Session:
        async def execute(self, *_: object) -> None: ...

    return await api_keys.create(Session(), "blog", "printer")  # type: ignore[arg-type]


async def test_no_bad_key_is_taken(settings: Settings) -> None:
    async with guarded(settings, security()) as api:
        key = await create(api)
        await until(api.client, key, 200)
        bad = ["", "_sk_", "blog_sk_", key[:-1], key + "x", key.upper(), key + " x", "x" * 9000]
        bad += [key.replace("blog", "glob"), f"blog_sk_{'a' * 43}", f"Bearer {key}", f"{key},{key}"]
        for value in bad:
            for headers in ({"x_api_key": value}, {"authorization": f"Bearer {value}"}):
                if headers == {"authorization": f"Bearer Bearer {key}"}:
                    continue
                refused = await asked(api.client, **headers)
                assert refused.status_code == 401, headers
                assert refused.headers["www-authenticate"].startswith("Bearer error="), headers
        assert (await asked(api.client, x_api_key=hs_token().decode())).status_code == 401
        both = await asked(api.client, x_api_key=key, authorization=f"Bearer {hs_token().decode()}")
        assert both.status_code == 401


async def test_a_key_is_revoked(settings: Settings) -> None:
    async with guarded(settings, security()) as api, guarded(settings, security()) as second:
        key, other = await create(api), await create(api, "scanner")
        for each in (api, second):
            await until(each.client, key, 200)
            await until(each.client, other, 200)
        id_ = UUID(str((await _rows(api, "printer"))[0]["id"]))
        async with api.database.session() as session:
            assert await api_keys.revoke_key(session, id_)
        assert await until(api.client, key, 401) < WITHIN
        assert await until(second.client, key, 401) < WITHIN
        assert (await asked(second.client, x_api_key=other)).status_code == 200
        async with api.database.session() as session:
            assert not await api_keys.revoke_key(session, id_)
            assert not await api_keys.revoke_key(session, uuid4())


async def _rows(api: Api, subject: str) -> list[Any]:
    return [*await api.database.rows("SELECT * FROM api_keys WHERE subject = $1", (subject,))]


async def test_a_key_is_over(settings: Settings) -> None:
    async with guarded(settings, security()) as api:
        key = await create(api, seconds=3)
        assert await until(api.client, key, 200) < WITHIN
        await asyncio.sleep(3)
        late = await asked(api.client, x_api_key=key)
        assert (late.status_code, late.json()["detail"]) == (401, "the token has expired")
    async with guarded(settings, security()) as later:
        assert (await asked(later.client, x_api_key=key)).status_code == 401


async def test_it_is_known_when_a_key_was_used(settings: Settings) -> None:
    async with guarded(settings, security()) as api:
        key, _ = await create(api), await create(api, "scanner")
        await until(api.client, key, 200)
        await asyncio.sleep(1.5)
        moments = [(await _rows(api, each))[0]["last_used_at"] for each in ("printer", "scanner")]
        assert moments[0] is not None
        assert moments[1] is None
        for _ in range(5):
            assert (await asked(api.client, x_api_key=key)).status_code == 200
        await asyncio.sleep(1.5)
        assert (await _rows(api, "printer"))[0]["last_used_at"] == moments[0]


async def test_by_the_command(settings: Settings) -> None:
    await with_table(settings)
    environment = {
        **os.environ,
        "BLOG_DATABASE_URL": settings.database.given_url,
        "BLOG_SECURITY_SECRET": SECRET,
        "BLOG_LOG_LEVEL": "ERROR",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-m", "tests.runtime.security.serving"]

    async def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return await asyncio.to_thread(
            subprocess.run, [*command, *arguments], env=environment, capture_output=True, text=True
        )

    async with served(command, environment) as client:
        options = ["--subject", "printer", "--role", "reader", "--days", "30"]
        key = (await run("keys", "create", *options)).stdout.strip()
        assert key.startswith("desk_sk_")
        assert await until(client, key, 200) < WITHIN
        [line] = (await run("keys", "list")).stdout.splitlines()
        id_, *told = line.split("  ")
        assert told[:2] == ["printer", "reader"]
        assert key not in line
        assert (await run("keys", "revoke", id_)).returncode == 0
        assert await until(client, key, 401) < WITHIN
        again = await run("keys", "revoke", id_)
        assert again.stderr == f"Error: there is no key {id_}, or it is revoked\n"
        assert (await run("keys", "list")).stdout == ""


@pytest.mark.parametrize(
    "arguments", [["keys", "list"], ["keys", "create", "--subject", "x"], ["tokens", "revoke", "--token", "1"]]
)  # fmt: skip
async def test_a_database_without_tables_is_told(settings: Settings, arguments: list[str]) -> None:
    environment = {
        **os.environ,
        "BLOG_DATABASE_URL": settings.database.given_url,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "tests.runtime.security.serving", *arguments],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Error: the database refuses: relation")
    assert len(done.stderr.splitlines()) == 1
