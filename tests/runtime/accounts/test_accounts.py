"""What somebody can do with an account, from its registration on."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable

import pytest

from terapin.runtime.core.accounts.declared import Accounts, Mail

from ..blog.settings import Settings
from ..security.issuer import hs_token
from .kept import (
    OTHER,
    PASSWORD,
    TABLES,
    Service,
    execute,
    keeping,
    keeping_blog,
    kept_settings,
    registered,
    value,
    with_tables,
)

ADA = "ada@example.org"


@pytest.fixture
async def service(settings: Settings) -> AsyncIterator[Service]:
    async with keeping(settings) as service:
        yield service


async def test_from_registration_to_tokens(service: Service) -> None:
    await service.send("register", 202, email="Ada@Example.org", password=PASSWORD)
    await service.send("login", 403, email=ADA, password=PASSWORD)
    mail = await service.post.next()
    assert (mail.purpose, mail.to) == ("verify", ADA)
    await service.send("verify", 204, token=mail.token)
    await service.send("verify", 400, token=mail.token)
    tokens = await service.login("ADA@example.org")
    assert {**tokens, "access_token": "", "refresh_token": ""} == {
        "access_token": "",
        "token_type": "bearer",
        "expires_in": 900,
        "refresh_token": "",
    }
    me = (await service.me(tokens)).json()
    user = (await service.client.get(f"/users/{me['id']}")).json()
    assert (user["email"], me["roles"]) == (ADA, [])


async def test_refreshing(service: Service) -> None:
    tokens = await service.join()
    newer = await service.send("refresh", 200, refresh_token=tokens["refresh_token"])
    assert newer["refresh_token"] != tokens["refresh_token"]
    assert (await service.me(newer)).status_code == 200
    assert (await service.me(tokens)).status_code == 200
    await service.send("refresh", 401, refresh_token="nobody's")
    await service.send("logout", 204, refresh_token=newer["refresh_token"])
    await service.send("refresh", 401, refresh_token=newer["refresh_token"])
    await service.is_refused(newer)
    await service.is_refused(tokens)


async def test_changing_the_password(service: Service) -> None:
    tokens = await service.join()
    access = tokens["access_token"]
    await service.send("password", 401, password=OTHER, new_password=OTHER)
    await service.send("password", 401, access, password=OTHER, new_password=OTHER)
    newer = await service.send("password", 200, access, password=PASSWORD, new_password=OTHER)
    await service.is_refused(tokens)
    assert (await service.me(newer)).status_code == 200
    await service.send("refresh", 401, refresh_token=tokens["refresh_token"])
    await service.send("refresh", 200, refresh_token=newer["refresh_token"])
    await service.send("login", 401, email=ADA, password=PASSWORD)
    await service.login(password=OTHER)


async def test_forgetting_the_password(service: Service) -> None:
    tokens = await service.join()
    await service.send("password/forgot", 202, email="nobody@example.org")
    await service.send("password/forgot", 202, email=ADA)
    mail = await service.post.next()
    assert mail.purpose == "reset"
    await service.send("verify", 400, token=mail.token)
    await service.send("password/reset", 422, token=mail.token, password="password")
    await service.send("password/reset", 204, token=mail.token, password=OTHER)
    await service.send("password/reset", 400, token=mail.token, password=OTHER)
    await service.is_refused(tokens)
    await service.send("refresh", 401, refresh_token=tokens["refresh_token"])
    assert (await service.me(await service.login(password=OTHER))).status_code == 200


async def test_who_registers_first_does_not_choose_the_password(settings: Settings) -> None:
    """Not even where one may log in before."""
    async with keeping(settings, verification=False) as service:
        await service.send("register", 202, email=ADA, password=OTHER)
        thief = await service.login(password=OTHER)
        await service.post.next()
        await service.send("register", 202, email=ADA, password=PASSWORD)
        mail = await service.post.next()
        await service.send("login", 401, email=ADA, password=PASSWORD)
        await service.send("verify", 204, token=mail.token)
        await service.send("login", 401, email=ADA, password=OTHER)
        await service.is_refused(thief)
        await service.send("refresh", 401, refresh_token=thief["refresh_token"])
        await service.login()


async def test_a_new_password_outlives_the_mail_of_the_old_one(settings: Settings) -> None:
    """And verifies no address by itself."""
    async with keeping(settings, verification=False) as service:
        await service.send("register", 202, email=ADA, password=PASSWORD)
        access = (await service.login())["access_token"]
        tokens = await service.send("password", 200, access, password=PASSWORD, new_password=OTHER)
        assert await value(service, "SELECT verified_at FROM auth_accounts") is None
        mail = await service.post.next()
        await service.send("verify", 204, token=mail.token)
        assert await value(service, "SELECT verified_at FROM auth_accounts") is not None
        assert (await service.me(tokens)).status_code == 200
        await service.login(password=OTHER)


async def test_a_new_password_ends_what_would_reset_it(service: Service) -> None:
    access = (await service.join())["access_token"]
    await service.send("password/forgot", 202, email=ADA)
    mail = await service.post.next()
    await service.send("password", 200, access, password=PASSWORD, new_password=OTHER)
    await service.send("password/reset", 400, token=mail.token, password=PASSWORD)


async def test_registering_again_tells_the_owner_alone(service: Service) -> None:
    await service.join()
    answers = [
        await service.client.post("/auth/register", json={"email": each, "password": OTHER})
        for each in (ADA, "bob@example.org")
    ]
    known, unknown = (
        (each.status_code, each.content, [name for name, _ in each.headers.items()])
        for each in answers
    )
    assert known == unknown
    mails = {(each.to, each.purpose) for each in [await service.post.next() for _ in range(2)]}
    assert mails == {(ADA, "registered"), ("bob@example.org", "verify")}
    await service.login()


async def test_followed_a_mail_ends_the_others(service: Service) -> None:
    await service.join()
    mails = []
    for _ in range(2):
        await service.send("password/forgot", 202, email=ADA)
        mails.append(await service.post.next())
    await service.send("password/reset", 204, token=mails[0].token, password=OTHER)
    await service.send("password/reset", 400, token=mails[1].token, password=PASSWORD)


async def test_of_one_mail_many_make_one(service: Service) -> None:
    await service.join()
    await service.send("password/forgot", 202, email=ADA)
    token = (await service.post.next()).token
    body = {"token": token, "password": OTHER}
    asked = (service.client.post("/auth/password/reset", json=body) for _ in range(4))
    answers = sorted(each.status_code for each in await asyncio.gather(*asked))
    assert answers == [204, 400, 400, 400]


async def test_what_registered_raises_undoes_the_account(settings: Settings) -> None:
    """Here the name is taken."""
    async with keeping(settings) as service:
        await service.send("register", 202, email=ADA, password=PASSWORD)
        await service.post.next()
        taken = "ada@elsewhere.example.org"
        await service.send("register", 409, email=taken, password=PASSWORD)
        await service.send("login", 401, email=taken, password=PASSWORD)


async def test_a_disabled_account_stays_so(service: Service) -> None:
    await service.join()
    await execute(service, "UPDATE auth_accounts SET disabled_at = now()")
    await service.send("login", 403, email=ADA, password=PASSWORD)
    await service.send("login", 401, email=ADA, password=OTHER)


async def test_a_hash_of_other_parameters_is_made_anew(settings: Settings) -> None:
    async with keeping(settings) as service:
        await service.join()
    async with keeping(settings, hash_time=3) as service:
        await service.login()
        assert "t=3," in await value(service, "SELECT password_hash FROM auth_accounts")
        await service.login()


async def test_tokens_of_others_change_no_password(service: Service) -> None:
    """Of a subject that is no account, and of a key."""
    body = {"password": PASSWORD, "new_password": OTHER}
    for subject in ("ada", "6f0c2b1f-1111-4111-8111-111111111111"):
        await service.send("password", 403, hs_token(sub=subject).decode(), **body)
    await service.send("password", 401, **body)


async def test_other_bodies_are_problems(service: Service) -> None:
    for type_, body, status in (
        ("text/plain", b"{}", 415),
        ("application/json", b"{", 400),
        ("application/json", b"[]", 422),
        ("application/json", b'{"email": "a@example.org"}', 422),
        ("application/json", b'{"email": "x", "password": 1, "y": 2}', 422),
    ):
        headers = {"content-type": type_}
        answer = await service.client.post("/auth/login", content=body, headers=headers)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["cache-control"] == "no-store"


async def test_secrets_are_nowhere(settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither in what is logged, whatever goes wrong, nor in the database."""
    loud = settings.model_copy(update={"log_level": "DEBUG", "environment": "production"})
    async with keeping(loud) as service:
        tokens = await service.join()
        newer = await service.send("refresh", 200, refresh_token=tokens["refresh_token"])
        await service.send("login", 401, email=ADA, password=OTHER)
        await service.send("login", 422, email="ada", password=OTHER)
        await service.send("verify", 400, token="canary")
        await service.send("password/forgot", 202, email=ADA)
        mail = await service.post.next()
        mailing = service.app.state.accounts.mailing
        mailing.send = failing
        await service.send("password/forgot", 202, email=ADA)
        await until(lambda: mailing.failed == 1)
        kept = [
            await value(service, f"SELECT json_agg(each)::text FROM {each} each") for each in TABLES
        ]
    told = "".join([capfd.readouterr().err, *map(str, kept)])
    assert "a mail could not be sent" in told
    assert ADA in told
    given = (newer["refresh_token"], tokens["refresh_token"], tokens["access_token"])
    for secret in (PASSWORD, OTHER, "canary", mail.token, *given):
        assert secret
        assert secret not in told


async def until(is_so: Callable[[], bool]) -> None:
    for _ in range(1000):
        if is_so():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it is not so")


async def failing(mail: Mail) -> None:
    raise OSError("there is no server of mails")


async def test_logins_are_counted(service: Service) -> None:
    await service.join()
    await service.send("login", 401, email=ADA, password=OTHER)
    told = (await service.client.get("/metrics")).text
    assert 'accounts_logins_total{outcome="succeeded"} 1.0' in told
    assert 'accounts_logins_total{outcome="wrong"} 1.0' in told
    assert 'accounts_mails_total{outcome="sent"} 1.0' in told


async def test_without_mails_production_does_not_start(settings: Settings) -> None:
    app = keeping_blog(kept_settings(settings, environment="production"), Accounts(registered))
    await with_tables(settings)
    with pytest.raises(RuntimeError, match="BLOG_ACCOUNTS_VERIFICATION=false"):
        async with app.router.lifespan_context(app):
            pass


@pytest.mark.parametrize("environment", ["production", "development"])
async def test_who_develops_is_shown_mails_and_nobody_else(
    settings: Settings, capfd: pytest.CaptureFixture[str], environment: str
) -> None:
    others = {"environment": environment, "verification": environment == "development"}
    loud = settings.model_copy(update={"log_level": "DEBUG"})
    app = keeping_blog(kept_settings(loud, **others), Accounts(registered))
    await with_tables(settings)
    async with app.router.lifespan_context(app):
        await app.state.accounts.register(ADA, PASSWORD, {})
    told = capfd.readouterr().err
    token = re.search(r"[\w-]{43}", told)
    if environment == "development":
        assert token
        assert f"mail to {ADA} (verify): {token[0]}" in told
    else:
        assert not token
        assert "whoever forgets a password gets no other" in told
        assert "a mail (verify) is not sent, as nothing sends mails" in told
