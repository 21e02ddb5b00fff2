"""Nobody sees or does what the policies do not allow: strangers, and whoever has a token with no more than a name."""

from __future__ import annotations

import time
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from .api import Api, Json, each_resource, key, path
from .service import Asking, Policy, Resource, Settings, Standing, any_of

Headers = dict[str, str]

_STRANGER = Standing()
_SOMEBODY = Standing(is_authenticated=True, kind="user")
_REFUSED = (401, 403, 404)


def _askers(api: Api) -> Iterator[tuple[Asking, Headers]]:
    yield Asking(_STRANGER), {}
    if "security" in Settings.model_fields:
        yield Asking(_SOMEBODY), {"Authorization": f"Bearer {_token(api)}"}


def _token(api: Api) -> str:
    security = vars(api.app.state.settings)["security"]
    now = int(time.time())
    claims = {
        "iss": security.issuer,
        "aud": security.audience,
        "sub": "somebody",
        "iat": now,
        "exp": now + 60,
    }
    jwt: Any = import_module("jwt")
    return str(jwt.encode(claims, security.secret.get_secret_value(), "HS256"))


def _policy(resource: Resource) -> Policy[Any]:
    assert resource.policy is not None
    policy = resource.policy()
    assert isinstance(policy, Policy)
    return policy


@each_resource
async def test_what_is_read_is_allowed(api: Api, guarded_api: Api, resource: Resource) -> None:
    rows = [await api.create(resource) for _ in range(2)]
    keys = {key(resource, row) for row in rows}
    policy = _policy(resource)
    for asking, headers in _askers(guarded_api):
        seen = await _seen(guarded_api, resource, headers)
        assert seen.keys() <= keys
        may = any_of(policy.read(asking))
        if isinstance(may, bool):
            assert seen.keys() == (keys if may else set())
        for row in rows:
            response = await guarded_api.client.get(path(resource, row), headers=headers)
            expected = (200,) if key(resource, row) in seen else _REFUSED
            assert response.status_code in expected


@each_resource
async def test_fields_that_are_not_for_them_are_empty(
    api: Api, guarded_api: Api, resource: Resource
) -> None:
    await api.create(resource)
    policy = _policy(resource)
    for asking, headers in _askers(guarded_api):
        seen = await _seen(guarded_api, resource, headers)
        for name, column in resource.columns.items():
            asked = getattr(policy, f"read_{column.attribute.key}", None)
            if asked and any_of(asked(asking)) is False:
                assert {row[name] for row in seen.values()} <= {None}


@each_resource
@pytest.mark.parametrize("operation", ["create", "update", "delete"])
async def test_what_nobody_of_them_may_is_refused(
    api: Api, guarded_api: Api, resource: Resource, operation: str
) -> None:
    row, body = await api.create(resource), await api.body(resource)
    before = await _seen(api, resource, {})
    asked = {
        "create": ("POST", path(resource), body),
        "update": ("PATCH", path(resource, row), {}),
        "delete": ("DELETE", path(resource, row), None),
    }
    method, url, content = asked[operation]
    for asking, headers in _askers(guarded_api):
        if any_of(getattr(_policy(resource), operation)(asking)) is False:
            response = await guarded_api.client.request(method, url, json=content, headers=headers)
            assert response.status_code in _REFUSED
    assert await _seen(api, resource, {}) == before


async def _seen(api: Api, resource: Resource, headers: Headers) -> dict[Any, Json]:
    """By key; a stranger who sees nothing at all is asked who they are."""
    parameters = {"limit": 100, "total": True}
    response = await api.client.get(path(resource), params=parameters, headers=headers)
    if not headers and response.status_code == 401:
        return {}
    assert response.status_code == 200, response.text
    page = response.json()
    seen = {key(resource, row): row for row in page["items"]}
    assert page["total"] == len(seen)
    return seen
