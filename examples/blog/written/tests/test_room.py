"""Who is let into the room of an article, and what becomes of what is said there."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import jwt
import pytest
from fastapi import FastAPI

from blog import demo

from .api import Api, path
from .service import resources
from .test_channels import ORIGIN, Socket

Json = dict[str, Any]

COMMENTS, POSTS, USERS = (
    next(each for each in resources if each.name == name) for name in ("comments", "posts", "users")
)


def token(api: Api, subject: str, *roles: str) -> str:
    security = api.app.state.settings.security
    now = int(time.time())
    claims = {
        "iss": security.issuer,
        "aud": security.audience,
        "sub": subject,
        "iat": now,
        "exp": now + 60,
        "roles": roles,
    }
    return jwt.encode(claims, security.secret.get_secret_value(), "HS256")


async def user(api: Api, *, is_active: bool = True) -> Json:
    response = await api.post(USERS, {**await api.body(USERS), "is_active": is_active})
    assert response.status_code == 201, response.text
    return dict(response.json())


async def article(api: Api, status: str) -> Json:
    response = await api.post(POSTS, {**await api.body(POSTS), "status": status})
    assert response.status_code == 201, response.text
    return dict(response.json())


@asynccontextmanager
async def room(api: Api, post: Json, as_: str | None = None) -> AsyncIterator[Socket]:
    """Accepted; what is said of who is there is still to be heard."""
    headers = {b"origin": ORIGIN}
    if as_ is not None:
        headers[b"authorization"] = f"Bearer {as_}".encode()
    peer = Socket()
    running = asyncio.create_task(peer.run(api.app, f"/posts/{post['id']}/live", headers))
    try:
        assert (await peer.event())["type"] == "websocket.accept"
        yield peer
    finally:
        await peer.leave()
        await asyncio.wait_for(running, 15)


async def heard(peer: Socket, type_: str) -> Json:
    while (message := await peer.heard())["type"] != type_:
        assert message["type"] in ("present", "joined", "left"), message
    return message


async def say(peer: Socket, text: str) -> None:
    await peer.send(json.dumps({"type": "said", "data": {"text": text, "ref": "1"}}))


async def test_what_is_said_is_a_comment(api: Api, guarded_api: Api) -> None:
    post, reader = await article(api, "published"), await user(api)
    async with (
        room(guarded_api, post) as stranger,
        room(guarded_api, post, token(guarded_api, reader["id"])) as peer,
    ):
        await say(peer, "  <b>Hello</b>\n")
        said = (await heard(stranger, "said"))["data"]
        assert (said["text"], said["ref"]) == ("<b>Hello</b>", "1")
        assert (await heard(peer, "said"))["data"] == said
    [comment] = (await api.get(path(POSTS, post, "comments")))["items"]
    assert comment["body"] == "<b>Hello</b>"
    assert (comment["id"], comment["user_id"]) == (said["comment_id"], said["user_id"])
    assert comment["user_id"] == reader["id"]


async def test_nobody_says_it_for_another_one(api: Api, guarded_api: Api) -> None:
    post, reader = await article(api, "published"), await user(api)
    async with room(guarded_api, post, token(guarded_api, reader["id"])) as peer:
        for type_ in ("said", "typing"):
            claimed = {"user_id": post["user_id"], **({"text": "!"} if type_ == "said" else {})}
            await peer.send(json.dumps({"type": type_, "data": claimed}))
            assert (await heard(peer, type_))["data"]["user_id"] == reader["id"]


async def test_strangers_and_machines_only_listen(api: Api, guarded_api: Api) -> None:
    post, gone = await article(api, "published"), await user(api, is_active=False)
    machines = [token(guarded_api, name) for name in ("printer", post["id"], gone["id"])]
    for as_ in (None, *machines):
        async with room(guarded_api, post, as_) as peer:
            await say(peer, "Hello")
            assert (await heard(peer, "error"))["data"]["status"] == 403
    assert not (await api.get(path(POSTS, post, "comments")))["items"]


async def test_a_draft_is_for_its_author_and_for_editors(api: Api, guarded_api: Api) -> None:
    post, reader = await article(api, "draft"), await user(api)
    async with room(guarded_api, post, token(guarded_api, reader["id"])) as peer:
        assert (await peer.event())["code"] == 4403
    async with room(guarded_api, post) as peer:
        await peer.send(json.dumps({"authenticate": "no token"}))
        assert (await peer.event())["code"] == 4401
    author = token(guarded_api, post["user_id"])
    async with (
        room(guarded_api, post, author) as one,
        room(guarded_api, post, token(guarded_api, reader["id"], "editor")) as two,
    ):
        await say(two, "Not bad")
        assert (await heard(one, "said"))["data"]["text"] == "Not bad"
    # Its author reads that afterwards, too.
    url, headers = path(POSTS, post, "comments"), {"Authorization": f"Bearer {author}"}
    page = (await guarded_api.client.get(url, headers=headers)).json()
    assert [each["body"] for each in page["items"]] == ["Not bad"]


async def test_a_room_has_one_name(api: Api, guarded_api: Api) -> None:
    post = await article(api, "published")
    for name in (str(post["id"]).upper(), "no-article"):
        async with room(guarded_api, {"id": name}) as peer:
            await peer.send(json.dumps({"authenticate": "no token"}))
            assert (await peer.event())["code"] == 4401


@pytest.mark.parametrize("environment", ["development", "production"])
def test_its_people_are_there_to_develop_with(
    environment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLOG_DEMO", "true")
    app = FastAPI()
    app.state.settings = SimpleNamespace(environment=environment)
    before = app.router.lifespan_context
    demo.install(app)
    assert (app.router.lifespan_context is before) == (environment == "production")


async def test_the_page_loads_nothing_from_elsewhere(own_api: Api) -> None:
    page = await own_api.client.get("/posts/1/room")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"].startswith("default-src 'none'; ")
    for name in ("room.js", "session.js", "realtime.js"):
        script = await own_api.client.get(f"/static/{name}")
        assert script.headers["content-type"] == "text/javascript; charset=utf-8"
