"""`NAME accounts`, and what `serve` says where nothing sends mails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from click.testing import CliRunner, Result

from terapin.runtime.core.cli import service_cli

from ..blog.settings import Settings
from ..security.issuer import SECRET
from .kept import OTHER, PASSWORD, Service, keeping

BOSS = "boss@example.org"
Run = Callable[..., Result]


@pytest.fixture
async def service(settings: Settings) -> AsyncIterator[Service]:
    async with keeping(settings) as service:
        yield service


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """In a thread, as commands have event loops of their own."""
    monkeypatch.setenv("BLOG_DATABASE_URL", settings.database.given_url)
    monkeypatch.setenv("BLOG_SECURITY_SECRET", SECRET)
    monkeypatch.setenv("BLOG_ENVIRONMENT", "production")
    command = service_cli("tests.runtime.accounts.desk")

    def invoke(*arguments: str, password: str | None = None) -> Result:
        return CliRunner().invoke(command, [*arguments], input=password and f"{password}\n")

    return invoke


async def accounts(run: Run, *arguments: str, password: str | None = None) -> str:
    done = await asyncio.to_thread(run, "accounts", *arguments, password=password)
    assert done.exit_code == 0, done.output
    return done.stdout


async def refused(run: Run, *arguments: str, password: str | None = None) -> str:
    done = await asyncio.to_thread(run, "accounts", *arguments, password=password)
    assert done.exit_code == 1, done.output
    return done.stderr


async def test_an_admin_comes_from_somewhere(service: Service, run: Run) -> None:
    made = ("create", "Boss@example.org", "--role", "admin", "--tenant", "acme")
    id_ = (await accounts(run, *made, password=PASSWORD)).strip()
    tokens = await service.login(BOSS)
    assert (await service.me(tokens)).json() == {"id": id_, "roles": ["admin"], "tenant": "acme"}
    assert (await service.client.get(f"/users/{id_}")).json()["email"] == BOSS
    assert await refused(run, *made, password=PASSWORD) == f"Error: there is an account of {BOSS}\n"
    assert (await accounts(run, "list")).startswith(f"{id_}  {BOSS}  admin  acme  verified  ")
    # A role more does not end what is logged in, and one less does.
    assert await accounts(run, "role", BOSS, "--add", "editor") == "admin editor\n"
    assert (await service.me(tokens)).status_code == 200
    assert await accounts(run, "role", BOSS, "--remove", "admin") == "editor\n"
    await service.is_refused(tokens)
    assert (await service.me(await service.login(BOSS))).json()["roles"] == ["editor"]


async def test_who_is_disabled_is_out_until_enabled(service: Service, run: Run) -> None:
    tokens = await service.join(BOSS)
    await accounts(run, "disable", BOSS)
    await service.is_refused(tokens)
    await service.send("refresh", 401, refresh_token=tokens["refresh_token"])
    await service.send("login", 403, email=BOSS, password=PASSWORD)
    assert "verified,disabled" in await accounts(run, "list")
    await accounts(run, "enable", BOSS)
    assert (await service.me(await service.login(BOSS))).status_code == 200


async def test_what_cannot_be_is_told(service: Service, run: Run) -> None:
    assert await refused(run, "disable", BOSS) == f"Error: there is no account of {BOSS}\n"
    told = await refused(run, "create", BOSS, password="password123")
    assert told == "Error: the password is among the first that are tried\n"
    await accounts(run, "create", BOSS, password=PASSWORD)
    # What comes with it refuses: the name is taken.
    other = ("create", "boss@elsewhere.example.org")
    assert "Error: the database refuses" in await refused(run, *other, password=OTHER)
    assert "elsewhere" not in await accounts(run, "list")


def test_serve_does_not_start_where_nothing_sends_mails(run: Run) -> None:
    done = run("serve")
    assert done.exit_code == 1
    assert "or set BLOG_ACCOUNTS_VERIFICATION=false" in done.stderr
