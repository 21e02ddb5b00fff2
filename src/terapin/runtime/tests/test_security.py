"""A token that is not good is refused by every operation, and one that is good is taken."""

from __future__ import annotations

import time
from typing import Any

import jwt

from .api import Api, each_resource, path
from .service import Resource

_FOREIGN = "a secret that is long enough and not the one of this service"


def _token(api: Api, secret: str | None = None, **others: Any) -> str:
    """Of the issuer, but for what is said."""
    security = api.app.state.settings.security
    now = int(time.time())
    claims = {
        "iss": security.issuer,
        "aud": security.audience,
        "sub": "ada",
        "iat": now,
        "exp": now + 60,
        **others,
    }
    return jwt.encode(claims, secret or security.secret.get_secret_value(), "HS256")


def _bad(api: Api) -> dict[str, str]:
    return {
        "none": "",
        "no token": "ada",
        "foreign": _token(api, _FOREIGN),
        "late": _token(api, exp=1),
        "of another issuer": _token(api, iss="https://elsewhere.example.org/"),
        "for another audience": _token(api, aud="elsewhere"),
    }


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_no_operation_takes_a_bad_token(guarded_api: Api) -> None:
    api = guarded_api
    document = await api.get("/openapi.json")
    operations = [(method, url) for url, item in document["paths"].items() for method in item]
    assert operations
    bad = _bad(api)
    for method, url in [*operations, ("post", "/graphql"), ("get", "/nowhere")]:
        for name, token in bad.items():
            answer = await api.client.request(method, url, headers=_headers(token))
            assert answer.status_code == 401, (method, url, name)
            assert answer.headers["www-authenticate"].startswith("Bearer error="), name


@each_resource
async def test_a_good_token_is_taken(guarded_api: Api, resource: Resource) -> None:
    ada = await guarded_api.client.get(path(resource), headers=_headers(_token(guarded_api)))
    assert ada.status_code == 200
