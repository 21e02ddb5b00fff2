"""What somebody can do with an account, from its registration on."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from ..blog.settings import Settings
from .kept import OTHER, PASSWORD, Service, keeping

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
