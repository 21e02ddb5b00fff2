"""Mutations are held to what REST is held to, each a transaction of its own."""

from __future__ import annotations

from typing import Any

import pytest

from ..harness import Api, Json
from .asking import ask, fail, send

CREATE = "mutation($input: PostCreateInput!) { createPost(input: $input) { id title status price author { username } } }"


def article(user: Json, **others: Any) -> Json:
    return {"title": "T", "slug": "s", "body": "B", "userId": user["id"], **others}


async def test_creates(api: Api) -> None:
    user = await api.user()
    made = (await ask(api, CREATE, input=article(user, price="1.5", status="PUBLISHED")))[
        "createPost"
    ]
    row = await api.get(f"/posts/{made['id']}")
    assert made["price"] == row["price"] == "1.50"
    assert (made["status"], row["status"]) == ("PUBLISHED", "published")
    assert made["author"] == {"username": user["username"]}


async def test_updates_only_what_is_given(api: Api) -> None:
    post = await api.article(await api.user(), meta={"a": 1, "b": 2})
    query = """mutation($id: UUID!) { updatePost(id: $id, input: {title: "N", publishedOn: null, meta: {a: null, c: 3}})
        { title body publishedOn meta } }"""
    made = (await ask(api, query, id=post["id"]))["updatePost"]
    assert made == {"title": "N", "body": "B", "publishedOn": None, "meta": {"b": 2, "c": 3}}


async def test_deletes(api: Api) -> None:
    tag = await api.post("/tags", name="t")
    query = f"mutation {{ deleteTag(id: {tag['id']}) }}"
    assert (await ask(api, query))["deleteTag"] == tag["id"]
    error = await fail(api, query)
    assert error["extensions"] == {"code": "NOT_FOUND", "status": 404}
    assert error["path"] == ["deleteTag"]


@pytest.mark.parametrize(
    ("others", "status", "pointers"),
    [
        ({"title": "", "slug": "S S"}, 422, ["/title", "/slug"]),
        ({"title": "a\0"}, 422, ["/title"]),
        ({"status": None}, 422, ["/status"]),
        ({"price": "0.001"}, 422, ["/price"]),
        ({"userId": "00000000-0000-0000-0000-000000000000"}, 409, ["/userId"]),
    ],
)
async def test_problems_are_those_of_rest(
    api: Api, others: Json, status: int, pointers: list[str]
) -> None:
    user = await api.user()
    error = await fail(api, CREATE, input=article(user, **others))
    spelt = {"userId": "user_id"}
    body = {spelt.get(name, name): value for name, value in article(user, **others).items()}
    rest = (await api.client.post("/posts", json=body)).json()
    assert error["message"] == rest["detail"]
    assert error["extensions"]["status"] == rest["status"] == status
    assert [fault["pointer"] for fault in error["extensions"]["errors"]] == pointers


async def test_a_conflict_points_to_the_fields_of_the_input(api: Api) -> None:
    user = await api.user()
    await ask(api, CREATE, input=article(user))
    error = await fail(api, CREATE, input=article(user))
    assert error["extensions"]["code"] == "CONFLICT"
    assert {fault["pointer"] for fault in error["extensions"]["errors"]} == {"/userId", "/slug"}


async def test_each_root_field_is_committed_before_the_next(api: Api) -> None:
    response = await send(
        api,
        """mutation { a: createTag(input: {name: "a"}) { id } again: createTag(input: {name: "a"}) { id }
        b: createTag(input: {name: "b"}) { name } }""",
    )
    answer = response.json()
    assert answer["data"]["again"] is None
    assert answer["data"]["b"] == {"name": "b"}
    assert [error["path"] for error in answer["errors"]] == [["again"]]
    assert [row["name"] for row in (await api.get("/tags"))["items"]] == ["a", "b"]


async def test_an_answer_shows_what_its_transaction_left(api: Api) -> None:
    """Nothing that was read before it is shown again."""
    user = await api.user()
    post = await api.article(user)
    query = """mutation($id: UUID!) { a: updatePost(id: $id, input: {title: "A"}) { author { posts { title } } }
        b: updatePost(id: $id, input: {title: "B"}) { author { posts { title } } } }"""
    answer = await ask(api, query, id=post["id"])
    assert answer["a"] == {"author": {"posts": [{"title": "A"}]}}
    assert answer["b"] == {"author": {"posts": [{"title": "B"}]}}


async def test_secrets_are_written_and_never_read(api: Api) -> None:
    query = """mutation { createUser(input: {email: "A@example.org", username: "anna", passwordHash: "x"}) { email } }"""
    assert (await ask(api, query))["createUser"] == {"email": "a@example.org"}
    for query in (
        "{ users { passwordHash } }",
        '{ users(where: {passwordHash: {eq: "x"}}) { id } }',
        "{ users(orderBy: {passwordHash: ASC}) { id } }",
    ):
        errors = (await send(api, query)).json()["errors"]
        assert "passwordHash" in errors[0]["message"]
        assert {each["extensions"]["code"] for each in errors} == {"GRAPHQL_VALIDATION_FAILED"}
