"""A refresh token is used once: what that means where answers are lost, where two ask at once, and where one was stolen."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from terapin.runtime.core.database import Database

from ..blog.settings import Settings
from ..harness import Json
from .kept import Service, execute, keeping


@pytest.fixture
async def service(settings: Settings) -> AsyncIterator[Service]:
    async with keeping(settings) as service:
        yield service


async def refreshed(service: Service, tokens: Json) -> Json:
    answer: Json = await service.send("refresh", 200, refresh_token=tokens["refresh_token"])
    return answer


async def is_over(service: Service, tokens: Json) -> None:
    await service.send("refresh", 401, refresh_token=tokens["refresh_token"])
    await service.is_refused(tokens)


async def test_a_lost_answer_comes_again(service: Service) -> None:
    tokens = await service.join()
    first, again = await refreshed(service, tokens), await refreshed(service, tokens)
    assert first == again
    newer = await refreshed(service, again)
    assert (await service.me(newer)).status_code == 200


async def test_two_at_once_get_the_same(service: Service) -> None:
    tokens = await service.join()
    answers = await asyncio.gather(*(refreshed(service, tokens) for _ in range(8)))
    assert all(each == answers[0] for each in answers)


async def test_what_is_used_after_the_next_one_was_ends_the_login(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    tokens = await service.join()
    elsewhere = await service.login()
    newer = await refreshed(service, tokens)
    newest = await refreshed(service, newer)
    with caplog.at_level(logging.WARNING):
        await service.send("refresh", 401, refresh_token=tokens["refresh_token"])
    assert "was used again: its login has ended" in caplog.text
    for each in (tokens, newer, newest):
        await is_over(service, each)
    # Another login is another matter.
    assert (await service.me(await refreshed(service, elsewhere))).status_code == 200


async def test_what_is_used_late_ends_the_login(service: Service) -> None:
    tokens = await service.join()
    newer = await refreshed(service, tokens)
    await execute(
        service, "UPDATE auth_refresh_tokens SET used_at = used_at - interval '11 seconds'"
    )
    await service.send("refresh", 401, refresh_token=tokens["refresh_token"])
    await is_over(service, newer)


async def test_without_grace_one_of_two_wins(settings: Settings) -> None:
    async with keeping(settings, refresh_grace=0) as service:
        tokens = await service.join()
        url, body = "/auth/refresh", {"refresh_token": tokens["refresh_token"]}
        answers = await asyncio.gather(*(service.client.post(url, json=body) for _ in range(4)))
        assert sorted(each.status_code for each in answers) == [200, 401, 401, 401]
        [winner] = [each.json() for each in answers if each.status_code == 200]
        await is_over(service, winner)


async def test_what_has_expired_is_refused(service: Service) -> None:
    tokens = await service.join()
    await execute(service, "UPDATE auth_refresh_tokens SET expires_at = now()")
    await service.send("refresh", 401, refresh_token=tokens["refresh_token"])
    assert (await service.me(tokens)).status_code == 200


async def test_a_revoked_subject_has_none(service: Service) -> None:
    tokens = await service.join()
    id_ = (await service.me(tokens)).json()["id"]
    database: Database = service.app.state.sources.named("database")
    async with database.session() as session:
        await service.app.state.security.revoke_subject(session, id_)
    await is_over(service, tokens)
    await refreshed(service, await service.login())


async def test_a_disabled_account_has_none(service: Service) -> None:
    tokens = await service.join()
    await execute(service, "UPDATE auth_accounts SET disabled_at = now()")
    await service.send("refresh", 401, refresh_token=tokens["refresh_token"])


async def test_roles_are_those_of_today(service: Service) -> None:
    tokens = await service.join()
    await execute(service, """UPDATE auth_accounts SET roles = '["admin"]', tenant = 'acme'""")
    newer = await refreshed(service, tokens)
    told = (await service.me(newer)).json()
    assert (told["roles"], told["tenant"]) == (["admin"], "acme")


async def test_a_reset_beats_a_refresh_and_a_login_at_the_same_time(service: Service) -> None:
    """Whatever comes first: what was given by the old password is good no more."""
    email = "ada@example.org"
    tokens = await service.join(email)
    old = {"email": email, "password": "a long walk by the sea"}
    for turn in range(4):
        await service.send("password/forgot", 202, email=email)
        mail = await service.post.next()
        new = f"a walk in the hills {turn}"
        answers = await asyncio.gather(
            service.client.post("/auth/login", json=old),
            service.client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]}),
            service.send("password/reset", 204, token=mail.token, password=new),
        )
        for answer in answers[:2]:
            assert answer.status_code in (200, 401), answer.text
            if answer.status_code == 200:
                await is_over(service, answer.json())
        old["password"] = new
        tokens = await service.login(email, new)
