"""What each subject writes, on every path, is what the oracle says; what is refused is not written."""

from __future__ import annotations

from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from ..blog.models.post import PostStatus
from ..harness import Api, Json
from .conftest import WHO, Scene, user_id
from .rules import TENANTS, Who

UNKNOWN = "00000000-0000-4000-8000-eeeeeeeeeeee"


@pytest.fixture(params=["compiled", "ordinary"])
def api(scene: Scene, request: pytest.FixtureRequest) -> Api:
    return scene.fast if request.param == "compiled" else scene.ordinary


async def versions(api: Api, table: str) -> dict[str, int]:
    async with api.database.session() as session:
        found = await session.execute(text(f"SELECT id, row_version FROM {table}"))
        return {str(key): version for key, version in found}


def refusal(scene: Scene, who: Who, operation: str, table: str, row: Any) -> int | None:
    if scene.world.never(who, operation, table) or scene.world.never(who, "read", table):
        return 401
    if row is None or not scene.world.may(who, "read", row):
        return 404
    return None if scene.world.may(who, operation, row) else 403


async def send(api: Api, scene: Scene, who: Who, method: str, path: str, **options: Any) -> Any:
    headers = {**who.headers, **options.pop("headers", {})}
    answer = await api.client.request(method, path, headers=headers, **options)
    scene.check(who, answer)
    return answer


async def test_updates(scene: Scene, api: Api) -> None:
    """In the row's version it is seen what was written."""
    world = scene.world
    expected = await versions(api, "posts")
    for number, who in enumerate(WHO):
        for key, post in [*world.posts.items(), (UNKNOWN, None)]:
            refused = refusal(scene, who, "update", "posts", post)
            priced = {"price": f"{number + 1}.00"}
            own = post is not None and ("admin" in who.roles or post.user_id == who.id)
            status = refused or (200 if own else 403)
            answer = await send(api, scene, who, "PATCH", f"/posts/{key}", json=priced)
            assert answer.status_code == status, (who.name, post and post.slug)
            if status == 200:
                expected[str(key)] += 1
            elif status == 403 and refused is None:
                assert answer.json()["errors"][0]["pointer"] == "/price"
            # To where the row would be nobody's who asks.
            moved = await send(
                api, scene, who, "PATCH", f"/posts/{key}", json={"title": "elsewhere", "slug": "x"}
            )
            if "admin" not in who.roles:
                assert moved.status_code == (refused or 403)
            # A version that it never had, of which only those hear who may change it.
            stale = await send(
                api,
                scene,
                who,
                "PATCH",
                f"/posts/{key}",
                json={"slug": f"y{number}"},
                headers={"if-match": '"99"'},
            )
            assert stale.status_code == (refused or 412)
        if "admin" in who.roles:
            expected = await versions(api, "posts")
    assert await versions(api, "posts") == expected


async def test_deletions(scene: Scene, api: Api) -> None:
    world = scene.world
    for who in WHO:
        for table in ("comments", "posts", "profiles"):
            for key, row in [*getattr(world, table).items(), (UNKNOWN, None)]:
                if row is not None and key not in getattr(world, table):
                    continue
                refused = refusal(scene, who, "delete", table, row)
                if refused is None and str(key)[-1] in "13579":
                    continue
                answer = await send(api, scene, who, "DELETE", f"/{table}/{key}")
                assert answer.status_code == (refused or 204), (who.name, table, key)
                if refused is None:
                    _gone(scene, table, key)
    for table in ("posts", "comments", "profiles"):
        left = {str(key) for key in getattr(world, table)}
        assert {*await versions(api, table)} == left


def _gone(scene: Scene, table: str, key: Any) -> None:
    """With what goes with it."""
    world = scene.world
    del getattr(world, table)[key]
    for other, comment in [*world.comments.items()]:
        gone = comment.post_id == key if table == "posts" else comment.parent_id == key
        if gone and other in world.comments:
            _gone(scene, "comments", other)


async def test_creations(scene: Scene, api: Api) -> None:
    """Whether something is taken is told to those only who may have it."""
    world = scene.world
    taken: set[tuple[object, str]] = {(each.user_id, each.slug) for each in world.posts.values()}
    before = await versions(api, "posts")
    made = set()
    asked = product(WHO, [user_id(1), user_id(2), user_id(4), UNKNOWN], TENANTS, range(2))
    for who, author, title, number in asked:
        slug = f"{PostStatus.DRAFT}-{title}" if number else f"s{uuid4().hex}"
        body = {"title": title, "slug": slug, "body": "B", "user_id": str(author)}
        user, is_admin = world.users.get(author), "admin" in who.roles
        if not who.is_known:
            expected = 401
        elif not is_admin and who.tenant is None:
            expected = 403
        elif user is None or not world.may(who, "read", user):
            expected = 409
        elif not is_admin and (author != who.id or title != who.tenant):
            expected = 403
        else:
            expected = 409 if (author, slug) in taken else 201
        answer = await send(api, scene, who, "POST", "/posts", json=body)
        assert answer.status_code == expected, (who.name, body)
        if expected == 201:
            made.add(answer.json()["id"])
            taken.add((author, slug))
    assert {*await versions(api, "posts")} == {*before} | made
    assert made


async def test_what_cannot_be_seen_cannot_be_referred_to(scene: Scene, api: Api) -> None:
    """It is told of as what is not there is."""
    for who in (each for each in WHO if each.id and "admin" not in each.roles):
        for post in scene.world.posts.values():
            body = {"body": "C", "post_id": str(post.id), "user_id": str(who.id)}
            answer = await send(api, scene, who, "POST", "/comments", json=body)
            if scene.world.may(who, "read", post):
                assert answer.status_code == 201
            else:
                unknown = {**body, "post_id": UNKNOWN}
                nothing = await send(api, scene, who, "POST", "/comments", json=unknown)
                assert (answer.status_code, answer.json()) == (409, nothing.json())


async def test_links(scene: Scene, api: Api) -> None:
    for who in WHO:
        for key, post in [*scene.world.posts.items(), (UNKNOWN, None)]:
            refused = refusal(scene, who, "update", "posts", post)
            for method in ("DELETE", "PUT"):
                answer = await send(api, scene, who, method, f"/posts/{key}/tags/1")
                assert answer.status_code == (refused or 204)
                answer = await send(api, scene, who, method, f"/posts/{key}/tags/99")
                assert answer.status_code == (refused or 404)


async def test_mutations(scene: Scene, api: Api) -> None:
    codes = {401: "UNAUTHENTICATED", 403: "FORBIDDEN", 404: "NOT_FOUND"}
    for who in WHO:
        for key, post in [*scene.world.posts.items(), (UNKNOWN, None)]:
            for operation, field in (
                (
                    "update",
                    f'updatePost(id: "{key}", input: {{body: "body of {key}"}}) {{ id meta }}',
                ),
                ("delete", f'deletePost(id: "{key}")'),
            ):
                refused = refusal(scene, who, operation, "posts", post)
                if operation == "delete" and refused is None:
                    continue
                query = {"query": f"mutation {{ {field} }}"}
                answer: Json = (await send(api, scene, who, "POST", "/graphql", json=query)).json()
                told = [each["extensions"]["code"] for each in answer.get("errors", ())]
                assert told == ([codes[refused]] if refused else [])


async def test_a_key_of_idempotency_is_whose_it_is(scene: Scene, api: Api) -> None:
    """What one subject is answered is not repeated to another, who would have to do it himself."""
    first, second = WHO[2], WHO[5]
    body = {"title": "acme", "slug": "once", "body": "B", "user_id": str(first.id)}
    headers = {"idempotency-key": "k"}
    made = await send(api, scene, first, "POST", "/posts", json=body, headers=headers)
    assert made.status_code == 201
    other = await send(api, scene, second, "POST", "/posts", json=body, headers=headers)
    assert other.status_code in (403, 409)
    assert "idempotency-replayed" not in other.headers
    again = await send(api, scene, first, "POST", "/posts", json=body, headers=headers)
    assert (again.headers["idempotency-replayed"], again.json()) == ("true", made.json())


async def test_a_row_is_counted_by_what_it_becomes(scene: Scene, api: Api) -> None:
    """Tags are numbered by the database, and those who may make them are told their number."""
    made = await send(api, scene, WHO[4], "POST", "/tags", json={"name": "new"})
    assert made.status_code == 201
    refused = await send(api, scene, WHO[2], "POST", "/tags", json={"name": "a"})
    assert refused.status_code == 403
