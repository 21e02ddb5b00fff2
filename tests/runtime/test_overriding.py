"""A service that overrides what it inherits is obeyed everywhere."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Select

from terapin.runtime.core.crud import CrudService
from terapin.runtime.core.errors import Conflict
from terapin.runtime.core.pagination import PageQuery

from .blog.models import Post, User
from .blog.models.post import PostStatus
from .blog.schemas.post import PostCreate
from .blog.services.post import PostService
from .blog.services.user import UserService
from .harness import Api


async def test_what_query_hides_is_nowhere(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    user = await api.user()
    draft = await api.article(user)
    shown = await api.article(user, status="published")
    tag = await api.post("/tags", name="t")
    for post in (draft, shown):
        await api.client.put(f"/posts/{post['id']}/tags/{tag['id']}")

    def query(self: PostService) -> Select[Post]:
        return CrudService.query(self).where(Post.status == PostStatus.PUBLISHED)

    monkeypatch.setattr(PostService, "query", query)
    lists = [
        await api.get("/posts"),
        await api.get(f"/users/{user['id']}/posts"),
        await api.get(f"/tags/{tag['id']}/posts"),
        (await api.get(f"/users/{user['id']}", include="posts"))["posts"],
        (await api.get(f"/tags/{tag['id']}", include="posts"))["posts"],
    ]
    for page in lists:
        assert [row["id"] for row in page["items"]] == [shown["id"]]
    hidden = f"/posts/{draft['id']}"
    for method, url in (
        ("GET", hidden),
        ("GET", f"{hidden}/tags"),
        ("DELETE", hidden),
        ("PUT", f"{hidden}/tags/{tag['id']}"),
        ("PUT", f"/tags/{tag['id']}/posts/{draft['id']}"),
    ):
        assert (await api.client.request(method, url)).status_code == 404
    assert (await api.client.patch(hidden, json={"title": "x"})).status_code == 404


async def test_methods_are_obeyed(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    user = await api.user()

    async def create(self: PostService, data: PostCreate) -> Post:
        if data.title == "forbidden":
            raise Conflict("not this one")
        return await CrudService.create(self, data)

    monkeypatch.setattr(PostService, "create", create)
    body = {"title": "forbidden", "slug": "s", "body": "", "user_id": user["id"]}
    response = await api.client.post("/posts", json=body)
    assert response.status_code == 409
    assert response.json()["detail"] == "not this one"


async def test_services_are_used_without_http(api: Api) -> None:
    await api.user()
    async with api.database.session() as session:
        service = UserService(session)
        page = await service.list(PageQuery(limit=1, total=True))
        assert page.total == 1
        user = page.items[0]
        assert await service.get(user.id) is user
        comments: list[Any] = await user.awaitable_attrs.comments
        assert comments == []


def test_a_service_knows_its_model_and_what_it_overrides() -> None:
    assert PostService.model is Post
    assert UserService.model is User
    assert UserService.get is CrudService.get

    class Quiet(PostService):
        async def get(self, key: Any) -> Post:
            raise NotImplementedError

    assert Quiet.model is Post
    assert Quiet.get is not CrudService.get
