"""Relations are loaded for all rows at once, on one connection, and for one operation only."""

from __future__ import annotations

import asyncio

from ..blog.settings import Settings
from ..harness import Api, serving, settings_for
from .asking import ask

DEEP = """query($limit: Int!) { users(limit: $limit, orderBy: {createdAt: ASC}) { username profile { bio }
    posts(limit: 2) { title author { username } tags { name }
    comments(limit: 2) { body author { username } } } } }"""


async def _fill(api: Api, users: int) -> None:
    for _ in range(users):
        user = await api.user()
        for _ in range(2):
            post = await api.article(user)
            await api.post("/comments", body="C", post_id=post["id"], user_id=user["id"])


async def test_statements_are_as_many_for_a_hundred_rows_as_for_one(
    api: Api, settings: Settings
) -> None:
    await _fill(api, 100)
    api.app.state.graphql.settings.max_cost = 10**9
    counts = []
    for limit in (1, 100):
        with api.statements() as sent:
            answer = await ask(api, DEEP, limit=limit)
        assert len(answer["users"]) == limit
        assert all(len(each["posts"]) == 2 for each in answer["users"])
        counts.append(len(sent))
    # Users, profiles, posts, tags, comments, and the authors of both; or all of it by one.
    assert counts == ([1, 1] if settings.fast_path else [7, 7])


async def test_the_same_field_with_other_arguments_is_another_list(api: Api) -> None:
    user = await api.user()
    for title in ("A", "B"):
        await api.article(user, title=title)
    answer = await ask(
        api,
        '{ users { a: posts(limit: 5, where: {title: {eq: "A"}}) { title } b: posts(limit: 5, where: {title: {eq: "B"}}) { title } } }',
    )
    assert answer["users"] == [{"a": [{"title": "A"}], "b": [{"title": "B"}]}]


async def test_nothing_is_remembered_for_the_next_operation(api: Api) -> None:
    user = await api.user()
    post = await api.article(user)
    query = "{ posts { author { username } } }"
    await ask(api, query)
    await api.client.patch(f"/users/{user['id']}", json={"username": "another"})
    assert (await ask(api, query))["posts"] == [{"author": {"username": "another"}}]
    batch = [
        {"query": query},
        {"query": f'mutation {{ deletePost(id: "{post["id"]}") }}'},
        {"query": query},
    ]
    answers = (await api.client.post("/graphql", json=batch)).json()
    assert [len(each["data"].get("posts", ())) for each in answers] == [1, 0, 0]


async def test_one_connection_is_enough(settings: Settings) -> None:
    """Also for a mutation, whose answer reads after its transaction."""
    url = settings.database.given_url
    only_one = settings_for(url, database={"pool_min": 1, "pool_max": 1, "acquire_timeout": 1})
    async with serving(only_one) as api:
        await _fill(api, 3)
        await asyncio.gather(*(ask(api, DEEP, limit=3) for _ in range(5)))
        query = """mutation { a: createTag(input: {name: "a"}) { posts { id } }
            b: createTag(input: {name: "b"}) { posts { id } } }"""
        assert await ask(api, query) == {"a": {"posts": []}, "b": {"posts": []}}
