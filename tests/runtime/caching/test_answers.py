"""Reads that are kept: what they answer, on what they depend, and what makes them be forgotten."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Select, delete, insert, select, text, update

from terapin.runtime.core.crud import CrudService
from terapin.runtime.core.noticing import reached

from ..blog.models import Comment, Post, Tag, User
from ..blog.models.join_tables import post_tags
from ..blog.models.post import PostStatus
from ..blog.services.post import PostService
from ..harness import Api, Json
from .blog import cache_in


async def reads(api: Api, path: str, **parameters: Any) -> tuple[httpx.Response, int]:
    """What is answered, and how many statements that took."""
    with api.statements() as sent:
        response = await api.client.get(path, params=parameters or None)
    return response, len(sent)


async def fresh(api: Api, *paths: str) -> None:
    """Read them until they are kept."""
    for path in paths:
        await api.client.get(path)
        _, statements = await reads(api, path)
        assert statements == 0, path


async def test_a_second_read_takes_no_statement(kept: Api) -> None:
    user = await kept.user()
    await kept.article(user)
    for path in (
        "/users",
        "/users?limit=1&sort=-created_at",
        f"/users/{user['id']}",
        f"/users/{user['id']}?include=posts.comments",
        f"/users/{user['id']}/posts",
        "/posts?include=author&total=true",
    ):
        first, before = await reads(kept, path)
        assert first.status_code == 200, first.text
        again, after = await reads(kept, path)
        assert before > 0, path
        assert after == 0
        assert again.status_code == 200
        assert again.content == first.content
        for header in ("etag", "link", "content-type"):
            assert again.headers.get(header) == first.headers.get(header)


async def test_pages_are_kept_with_their_links(kept: Api) -> None:
    for _ in range(3):
        await kept.user()
    first = await kept.client.get("/users?limit=1")
    again, statements = await reads(kept, "/users?limit=1")
    assert statements == 0
    assert first.links["next"] == again.links["next"]
    emails = [user["email"] async for user in kept.walk("/users", limit=1)]
    assert len(set(emails)) == 3


async def test_the_order_of_parameters_does_not_matter_but_that_of_one_does(kept: Api) -> None:
    for name in ("b", "a"):
        await kept.user(username=f"user_{name}")
    await kept.get("/users", limit=5, total="true")
    _, statements = await reads(kept, "/users", total="true", limit=5)
    assert statements == 0
    await kept.client.get("/users?sort=is_active&sort=username")
    _, statements = await reads(kept, "/users?sort=username&sort=is_active")
    assert statements > 0


async def test_conditional_reads(kept: Api) -> None:
    user = await kept.user()
    path = f"/users/{user['id']}"
    tag = (await kept.client.get(path)).headers["etag"]
    for _ in range(2):
        with kept.statements() as sent:
            response = await kept.client.get(path, headers={"If-None-Match": tag})
        assert (response.status_code, response.content, len(sent)) == (304, b"", 0)
    first = await kept.client.get(path, headers={"If-None-Match": '"7"'})
    assert first.status_code == 200
    embedding = await kept.client.get(f"{path}?include=posts", headers={"If-None-Match": tag})
    assert embedding.status_code == 200


async def test_a_first_read_that_is_conditional_keeps_the_whole(kept: Api) -> None:
    user = await kept.user()
    path = f"/users/{user['id']}"
    response = await kept.client.get(path, headers={"If-None-Match": '"1"'})
    assert response.status_code == 304
    assert (await kept.get(path))["id"] == user["id"]


async def test_what_is_wrong_is_answered_as_without_a_cache(kept: Api) -> None:
    for _ in range(2):
        assert (await kept.client.get("/users?limt=1")).status_code == 422
        assert (await kept.client.get("/users/no-uuid")).status_code == 422
        assert (await kept.client.get("/users?cursor=x")).status_code == 400


async def test_that_there_is_nothing_is_kept_until_there_is(kept: Api) -> None:
    key = str(uuid4())
    for path in (f"/users/{key}", f"/users/{key}/posts"):
        assert (await kept.client.get(path)).status_code == 404
        response, statements = await reads(kept, path)
        assert (response.status_code, statements) == (404, 0)
    async with kept.database.session() as session:
        session.add(User(id=key, email="a@b.org", username="a", password_hash="x"))
    assert (await kept.get(f"/users/{key}"))["id"] == key
    assert (await kept.get(f"/users/{key}/posts"))["items"] == []


async def test_each_write_is_seen_by_the_next_read(kept: Api) -> None:
    user = await kept.user()
    other = await kept.user()
    mine, yours = f"/users/{user['id']}", f"/users/{other['id']}"
    await fresh(kept, mine, yours, "/users")

    await kept.client.patch(mine, json={"username": "renamed"})
    assert (await kept.get(mine))["username"] == "renamed"
    assert "renamed" in (await kept.client.get("/users")).text
    _, statements = await reads(kept, yours)
    assert statements == 0, "another row was forgotten"

    await fresh(kept, "/users")
    await kept.user(username="brand_new")
    assert "brand_new" in (await kept.client.get("/users")).text

    await kept.client.delete(mine)
    assert (await kept.client.get(mine)).status_code == 404
    assert "renamed" not in (await kept.client.get("/users")).text


async def test_embedded_rows_are_depended_on(kept: Api) -> None:
    user = await kept.user()
    post = await kept.article(user)
    paths = (f"/users/{user['id']}?include=posts", f"/posts/{post['id']}?include=author")
    await fresh(kept, *paths)
    await kept.client.patch(f"/posts/{post['id']}", json={"title": "New"})
    for path in paths:
        assert "New" in (await kept.client.get(path)).text
    await fresh(kept, *paths)
    await kept.client.patch(f"/users/{user['id']}", json={"username": "renamed"})
    for path in paths:
        assert "renamed" in (await kept.client.get(path)).text


async def test_links_are_depended_on(kept: Api) -> None:
    post = await kept.article(await kept.user())
    tag = await kept.post("/tags", name="linked")
    paths = (f"/posts/{post['id']}", f"/posts/{post['id']}/tags", f"/tags/{tag['id']}/posts")
    await fresh(kept, *paths)
    link = f"/posts/{post['id']}/tags/{tag['id']}"
    await kept.client.put(link)
    for path, found in zip(paths, ("linked", "linked", post["slug"]), strict=True):
        assert found in (await kept.client.get(path)).text
    await fresh(kept, *paths)
    await kept.client.delete(link)
    assert (await kept.get(paths[0]))["tags"]["items"] == []
    assert (await kept.get(paths[1]))["items"] == []
    assert (await kept.get(paths[2]))["items"] == []


async def test_what_a_delete_takes_with_it_is_forgotten(kept: Api) -> None:
    """By the database, which tells nobody: posts and comments of a user, and links of the posts."""
    user = await kept.user()
    post = await kept.article(user)
    tag = await kept.post("/tags", name="t")
    await kept.client.put(f"/posts/{post['id']}/tags/{tag['id']}")
    body = {"body": "B", "post_id": post["id"], "user_id": user["id"]}
    comment = await kept.post("/comments", **body)
    gone = (f"/posts/{post['id']}", f"/comments/{comment['id']}", f"/posts/{post['id']}/tags")
    await fresh(kept, *gone, "/posts", "/comments", f"/tags/{tag['id']}/posts")
    await kept.client.delete(f"/users/{user['id']}")
    for path in gone:
        assert (await kept.client.get(path)).status_code == 404, path
    for path in ("/posts", "/comments", f"/tags/{tag['id']}/posts"):
        assert (await kept.get(path))["items"] == []


Write = Callable[[Any, Json], Awaitable[object]]


@pytest.mark.parametrize(
    "write",
    [
        lambda session, _: session.execute(update(User).values(username="bulk")),
        lambda session, _: session.execute(
            update(User.metadata.tables["users"]).values(username="bulk")
        ),
        lambda session, _: session.execute(text("UPDATE users SET username = 'bulk'")),
        lambda session, _: session.scalars(
            select(User).from_statement(update(User).values(username="bulk").returning(User))
        ),
        lambda session, _: session.execute(
            select(update(User).values(username="bulk").returning(User.id).cte())
        ),
    ],
    ids=["orm", "core", "text", "from_statement", "cte"],
)
async def test_bulk_updates(kept: Api, write: Write) -> None:
    user = await kept.user()
    path = f"/users/{user['id']}"
    await fresh(kept, path, "/users")
    async with kept.database.session() as session:
        await write(session, user)
    assert (await kept.get(path))["username"] == "bulk"
    assert "bulk" in (await kept.client.get("/users")).text


async def test_bulk_inserts_and_deletes(kept: Api) -> None:
    user = await kept.user()
    post = await kept.article(user)
    tag = await kept.post("/tags", name="linked")
    await fresh(kept, "/posts", f"/posts/{post['id']}", f"/posts/{post['id']}/tags")
    async with kept.database.session() as session:
        await session.execute(insert(post_tags).values(post_id=post["id"], tag_id=tag["id"]))
    assert "linked" in (await kept.client.get(f"/posts/{post['id']}/tags")).text
    async with kept.database.session() as session:
        await session.execute(delete(User))
    assert (await kept.client.get(f"/posts/{post['id']}")).status_code == 404
    assert (await kept.get("/posts"))["items"] == []


async def test_collections_that_are_changed_in_memory(kept: Api) -> None:
    post = await kept.article(await kept.user())
    tag = await kept.post("/tags", name="linked")
    await fresh(kept, f"/posts/{post['id']}/tags", f"/tags/{tag['id']}/posts")
    async with kept.database.session() as session:
        row = await session.get_one(Post, post["id"])
        (await row.awaitable_attrs.tags).append(await session.get_one(Tag, tag["id"]))
    assert "linked" in (await kept.client.get(f"/posts/{post['id']}/tags")).text
    assert post["id"] in (await kept.client.get(f"/tags/{tag['id']}/posts")).text


async def test_what_is_rolled_back_or_half_done_is_not_kept(kept: Api) -> None:
    user = await kept.user()
    path = f"/users/{user['id']}"
    async with kept.database.session() as session:
        row = await session.get_one(User, user["id"])
        row.username = "unsaved"
        await session.flush()
        assert (await kept.get(path))["username"] == user["username"]
        await session.rollback()
    assert (await kept.get(path))["username"] == user["username"]


async def test_savepoints_do_not_tell_too_early(kept: Api) -> None:
    user = await kept.user()
    path = f"/users/{user['id']}"
    async with kept.database.session() as session:
        async with session.begin_nested():
            row = await session.get_one(User, user["id"])
            row.username = "inner"
        await fresh(kept, path)
    assert (await kept.get(path))["username"] == "inner"


async def test_a_service_that_overrides_reads_is_asked(
    kept: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await kept.user()
    draft = await kept.article(user)
    paths = ("/posts", f"/users/{user['id']}/posts", f"/users/{user['id']}?include=posts")
    await fresh(kept, *paths, f"/posts/{draft['id']}")

    def query(self: PostService) -> Select[Post]:
        return CrudService.query(self).where(Post.status == PostStatus.PUBLISHED)

    query.__module__ = "blog.services.post"
    monkeypatch.setattr(PostService, "query", query)
    cache_in(kept).invalidate(frozenset("*"))
    for path in paths:
        assert draft["id"] not in (await kept.client.get(path)).text, path
        _, statements = await reads(kept, path)
        assert statements > 0
    assert (await kept.client.get(f"/posts/{draft['id']}")).status_code == 404
    await fresh(kept, f"/users/{user['id']}")


async def test_everything_is_measured(kept: Api) -> None:
    await kept.get("/users")
    await kept.get("/users")
    page = (await kept.client.get("/metrics")).text
    level = "memory" if cache_in(kept).counts.local_hits else "redis"
    assert f'cache_hits_total{{cache="answers",level="{level}"}} 1.0' in page
    assert 'cache_misses_total{cache="answers"} 1.0' in page
    assert 'cache_loads_total{cache="answers"} 1.0' in page


def test_what_a_delete_reaches() -> None:
    assert reached(User.metadata.tables["users"]) == {"profiles", "posts", "comments", "post_tags"}
    assert reached(Comment.metadata.tables["comments"]) == {"comments"}
