"""Whose tokens are taken, on which paths, and which are not: of those, none anywhere."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import httpx
import pytest

from ..blog.settings import Settings
from ..harness import Api, Json
from . import corpus
from .guarded import GuardedSettings, bearer, guarded, guarded_blog, security
from .issuer import (
    AUDIENCE,
    Provider,
    claims,
    es_token,
    hs,
    hs_token,
    publishing,
    rs,
    rs_token,
    rsa_jwk,
    rsa_key,
    signed,
)

Body = Callable[[int], Json]


def query(_: int) -> Json:
    return {"query": "{ users { id username } }"}


def mutation(number: int) -> Json:
    given = f'{{email: "a{number}@example.org", username: "name{number}", passwordHash: "x"}}'
    return {"query": f"mutation {{ createUser(input: {given}) {{ username }} }}"}


def user(number: int) -> Json:
    name = f"user{number}"
    return {"email": f"{name}@example.org", "username": name, "password_hash": "x"}


@dataclass(frozen=True)
class Way:
    """A request that anybody may make, if it is made honestly; `compiled` if PostgreSQL answers it."""

    method: str
    path: str
    body: Body = lambda _: {}
    compiled: bool = False
    status: int = 200


WAYS = {
    "REST": Way("GET", "/users", compiled=True),
    "one": Way("GET", "/users/00000000-0000-0000-0000-000000000000", status=404),
    "GraphQL": Way("POST", "/graphql", query, compiled=True),
    "GraphQL by GET": Way("GET", "/graphql?query=%7Busers%7Bid%7D%7D", compiled=True),
    "mutation": Way("POST", "/graphql", mutation),
    "create": Way("POST", "/users", user, compiled=True, status=201),
    "own": Way("GET", "/me"),
    "health": Way("GET", "/health/live"),
    "metrics": Way("GET", "/metrics"),
    "document": Way("GET", "/openapi.json"),
    "nowhere": Way("GET", "/nowhere", status=404),
}


async def asked(api: Api, way: Way, authorization: bytes | None, number: int = 0) -> httpx.Response:
    """By ASGI with the very bytes of the header, which clients would not send."""
    headers = [] if authorization is None else [(b"authorization", authorization)]
    json = None if way.method == "GET" else way.body(number)
    return await api.client.request(way.method, way.path, json=json, headers=headers)


@pytest.fixture(params=["ordinary", "compiled"])
def fast_path(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "compiled")


@pytest.fixture(params=["secret", "keys"])
async def api(
    request: pytest.FixtureRequest, settings: Settings, fast_path: bool
) -> AsyncIterator[Api]:
    async with publishing() as provider:
        provider.keys += [
            rsa_jwk("short", rsa_key("own", 1024)),
            rsa_jwk("encrypts", rsa_key("encrypts"), use="enc"),
        ]
        chosen = {"jwks": provider.url} if request.param == "keys" else {}
        async with guarded(settings, security(**chosen), fast_path=fast_path) as api:
            yield api


@pytest.fixture
async def foreign() -> AsyncIterator[Provider]:
    keys = [rsa_jwk("rsa", rsa_key("foreign")), rsa_jwk("foreign", rsa_key("foreign"))]
    async with publishing(keys=keys) as provider:
        yield provider


def good(api: Api) -> list[bytes]:
    by_keys = api.app.state.settings.security.jwks is not None
    return [rs_token(), es_token()] if by_keys else [hs_token()]


def bad(api: Api, foreign: Provider) -> dict[str, bytes]:
    by_keys = api.app.state.settings.security.jwks is not None
    return corpus.of_keys(foreign.url) if by_keys else corpus.of_secret()


@pytest.mark.parametrize("name", WAYS)
async def test_no_bad_token_is_taken(
    api: Api, foreign: Provider, fast_path: bool, name: str
) -> None:
    way = WAYS[name]
    shortcut = api.app.state.shortcut
    for number, token in enumerate([None, *good(api)]):
        before = shortcut.answered
        response = await asked(api, way, token and b"Bearer " + token, number)
        assert response.status_code == way.status, response.text
        assert '"errors"' not in response.text or name == "document", response.text
        assert shortcut.answered - before == (way.compiled and fast_path)
    tokens = bad(api, foreign)
    told = {each: _told(await asked(api, way, token)) for each, token in tokens.items()}
    wanted = {each: _EXPIRED if corpus.EXPIRED in each else _INVALID for each in tokens}
    assert len(tokens) > 150
    assert told == wanted
    assert foreign.asked == 0


def _refusal(what: str) -> object:
    detail = f"the token {what}"
    return (
        401,
        f'Bearer error="invalid_token", error_description="{detail}"',
        "application/problem+json",
        {"type": "about:blank", "title": "Unauthorized", "status": 401, "detail": detail},
    )


_INVALID, _EXPIRED = _refusal("is not valid"), _refusal("has expired")


def _told(response: httpx.Response) -> object:
    headers = response.headers
    assert headers["x-request-id"]
    return (
        response.status_code,
        headers.get("www-authenticate"),
        headers["content-type"],
        response.json() if headers["content-type"].endswith("json") else response.text,
    )


@pytest.mark.parametrize(
    "value", [b"Basic YWxpY2U6c2VjcmV0", b"Bearer", b"", b"bearer", b"Token %b", b"%b", b"DPoP %b"]
)
async def test_another_scheme_is_no_token(api: Api, value: bytes) -> None:
    header = value.replace(b"%b", good(api)[0])
    assert _told(await asked(api, WAYS["own"], header)) == _INVALID


async def test_two_tokens_are_none(api: Api) -> None:
    [token, *_] = good(api)
    headers = [(b"authorization", b"Bearer " + token)] * 2
    assert _told(await api.client.get("/me", headers=headers)) == _INVALID


@pytest.mark.parametrize("scheme", [b"Bearer", b"bearer", b"BEARER", b"Bearer  "])
async def test_a_scheme_is_known_in_any_case(api: Api, scheme: bytes) -> None:
    response = await asked(api, WAYS["own"], scheme + b" " + good(api)[0])
    assert response.json()["id"] == "alice"


async def test_a_token_in_the_query_is_none(api: Api) -> None:
    token = good(api)[0].decode()
    response = await api.client.get(f"/me?access_token={token}")
    assert response.json()["id"] is None


async def test_a_remembered_token_is_still_only_itself(api: Api) -> None:
    [token, *_] = good(api)
    for _ in range(2):
        assert (await asked(api, WAYS["own"], b"Bearer " + token)).json()["id"] == "alice"
        changed = token[:-8] + bytes(reversed(token[-8:]))
        assert _told(await asked(api, WAYS["own"], b"Bearer " + changed)) == _INVALID


async def test_needs_a_token(api: Api) -> None:
    stranger = await api.client.get("/mine")
    assert stranger.status_code == 401
    assert stranger.headers["www-authenticate"] == "Bearer"
    response = await api.client.get("/mine", headers=bearer(good(api)[0]))
    assert response.json()["kind"] == "user"


async def test_subjects_do_not_mix(settings: Settings) -> None:
    """Of requests at once, and of one after another."""
    async with guarded(settings, security()) as api:
        tokens = {f"user{number}": hs_token(sub=f"user{number}") for number in range(20)}

        async def id_of(token: bytes | None) -> str | None:
            response = await api.client.get("/me", headers=bearer(token) if token else {})
            return str(response.json()["id"])

        wanted = [*tokens, "None"] * 5
        found = await asyncio.gather(*(id_of(tokens.get(each)) for each in wanted))
        assert found == wanted


async def test_what_a_token_says(settings: Settings) -> None:
    async with guarded(settings, security()) as api:
        token = hs_token(roles=["editor", "admin"], tenant="acme", aud=["other", AUDIENCE])
        response = await api.client.get("/me", headers=bearer(token))
    assert response.json() == {
        "id": "alice",
        "kind": "user",
        "roles": ["admin", "editor"],
        "tenant": "acme",
    }


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("realm_access.roles", {"realm_access": {"roles": ["admin", "editor"]}}),
        ("https://example.org/roles", {"https://example.org/roles": ["admin", "editor"]}),
        ("scope", {"scope": "editor admin"}),
    ],
)
async def test_where_roles_are(settings: Settings, path: str, said: Json) -> None:
    async with guarded(settings, security(roles_claim=path)) as api:
        response = await api.client.get("/me", headers=bearer(hs_token(**said)))
        without = await api.client.get("/me", headers=bearer(hs_token(roles=["root"])))
    assert response.json()["roles"] == ["admin", "editor"]
    assert without.json()["roles"] == []


async def test_clocks_may_differ_a_little(settings: Settings) -> None:
    now = int(time.time())
    async with guarded(settings, security(leeway=30)) as api:
        for token in (hs_token(exp=now - 20), hs_token(nbf=now + 20), hs_token(iat=now + 20)):
            assert (await api.client.get("/me", headers=bearer(token))).json()["id"] == "alice"
        for token in (hs_token(exp=now - 40), hs_token(nbf=now + 50), hs_token(iat=now + 50)):
            assert (await api.client.get("/me", headers=bearer(token))).status_code == 401


async def test_a_remembered_token_expires(settings: Settings) -> None:
    token = hs_token(exp=int(time.time()) + 2)
    async with guarded(settings, security(leeway=0)) as api:
        assert (await api.client.get("/me", headers=bearer(token))).status_code == 200
        await asyncio.sleep(2.5)
        late = await api.client.get("/me", headers=bearer(token))
    assert (late.status_code, late.json()["detail"]) == (401, "the token has expired")


async def test_a_key_without_an_id_is_the_only_one(settings: Settings) -> None:
    token = signed({"alg": "RS256"}, claims(), rs(rsa_key("own")))
    async with (
        publishing(keys=[rsa_jwk(None, rsa_key("own"))]) as provider,
        guarded(settings, security(jwks=provider.url)) as api,
    ):
        assert (await api.client.get("/me", headers=bearer(token))).status_code == 200


async def test_an_algorithm_that_is_not_allowed(settings: Settings) -> None:
    async with (
        publishing() as provider,
        guarded(settings, security(jwks=provider.url, algorithms=("ES256",))) as api,
    ):
        assert (await api.client.get("/me", headers=bearer(es_token()))).status_code == 200
        assert (await api.client.get("/me", headers=bearer(rs_token()))).status_code == 401


async def test_without_a_secret_nothing_is_verified(settings: Settings) -> None:
    """Not even what is signed by none, if somebody forgets to start the service properly."""
    app = guarded_blog(
        GuardedSettings(**{**settings.model_dump(), "security": security(secret=None)})
    )
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://blog.test"
    ) as client:
        token = signed({"alg": "HS256"}, claims(), hs(""))
        assert (await client.get("/me", headers=bearer(token))).status_code == 503


async def test_idempotency_keys_are_the_subjects_own(settings: Settings) -> None:
    async with guarded(settings, security()) as api:
        answers = []
        for number, sub in [(0, "alice"), (1, "bob"), (2, None), (0, "alice")]:
            headers = bearer(hs_token(sub=sub)) if sub else {}
            headers["Idempotency-Key"] = "the same"
            answers.append(await api.client.post("/users", json=user(number), headers=headers))
    assert [each.status_code for each in answers] == [201] * 4
    assert len({each.json()["id"] for each in answers}) == 3
    assert answers[3].headers["idempotency-replayed"] == "true"


async def test_no_cache_on_the_way_keeps_an_answer(settings: Settings, fast_path: bool) -> None:
    async with guarded(settings, security(), fast_path=fast_path) as api:
        for way in WAYS.values():
            for token in (None, hs_token(), b"bad"):
                headers = (await asked(api, way, token and b"Bearer " + token)).headers
                assert headers.get_list("cache-control") == ["private"], way
                assert headers.get_list("vary") == ["Authorization, X-API-Key"], way


async def test_openapi_tells_of_tokens(settings: Settings) -> None:
    async with guarded(settings, security()) as api:
        document = await api.get("/openapi.json")
    schemes = document["components"]["securitySchemes"]
    assert document["security"] == [{}, *({name: []} for name in schemes)]
    assert len(schemes) == 2
    assert document["paths"]["/mine"]["get"]["security"] == [{name: []} for name in schemes]
    assert "security" not in document["paths"]["/me"]["get"]


async def test_bodies_are_bounded_whoever_sends_them(settings: Settings) -> None:
    async with guarded(settings, security()) as api:
        for headers in ({}, bearer(hs_token()), bearer(b"bad")):
            large = await api.client.post(
                "/tags", headers=headers, content=b"x" * (1024 * 1024 + 1)
            )
            assert large.status_code == 413, headers


async def test_nothing_of_a_token_is_logged(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    token = hs_token(sub="canary-sub", aud="canary-aud")
    async with guarded(settings, security()) as api:
        response = await api.client.get("/me", headers=bearer(token))
    assert response.status_code == 401
    assert "canary" not in caplog.text
    assert token.decode() not in caplog.text
