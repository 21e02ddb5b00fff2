"""What PostgreSQL answers by itself has the bytes that the ordinary path would have given."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terapin.runtime.core.parameters import Parameters, parameters_of
from terapin.runtime.core.resource import Resource

from ..blog.endpoints import resources
from .conftest import Pair

EXAMPLES = 1000 if os.environ.get("TERAPIN_TEST_PROFILE") == "deep" else 120
BY_NAME = {resource.name: resource for resource in resources}
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def queries(resource: Resource) -> st.SearchStrategy[list[tuple[str, str]]]:
    """Query strings of a list, most of which are right."""
    parameters = parameters_of(resource)
    return st.tuples(
        st.lists(filters(parameters), max_size=3),
        st.sampled_from(["", "1", "2", "7", "50", "101", "200", "0"]).map(
            lambda each: pairs("limit", each)
        ),
        st.lists(
            st.sampled_from([*parameters.sortable, *(f"-{name}" for name in parameters.sortable)]),
            max_size=3,
        ).map(lambda each: pairs("sort", ",".join(each))),
        shapes(resource),
        st.sampled_from([[], [("total", "true")]]),
    ).map(
        lambda parts: [
            pair for part in parts for pair in (part if isinstance(part, list) else [part])
        ]
    )


def pairs(name: str, value: str) -> list[tuple[str, str]]:
    return [(name, value)] if value else []


def shapes(resource: Resource) -> st.SearchStrategy[list[tuple[str, str]]]:
    paths = [
        path
        for name, relation in resource.relation.items()
        for path in (name, *(f"{name}.{nested}" for nested in relation.target.relation))
    ]
    included = st.lists(st.sampled_from(paths), max_size=2) if paths else st.just([])
    fields = st.lists(st.sampled_from([*resource.columns, *resource.relation]), max_size=3)
    return st.tuples(included, st.one_of(st.just([]), fields)).map(
        lambda both: pairs("include", ",".join(both[0])) + pairs("fields", ",".join(both[1]))
    )


def filters(parameters: Parameters) -> st.SearchStrategy[tuple[str, str]]:
    return st.sampled_from(sorted(parameters.filters)).flatmap(
        lambda name: st.tuples(st.just(name), texts(name, parameters))
    )


def texts(name: str, parameters: Parameters) -> st.SearchStrategy[str]:
    found = parameters.filters[name]
    if found.operator == "isnull":
        return st.sampled_from(["true", "false"])
    known = {
        "Boolean": ["true", "false"],
        "DateTime": ["2026-11-22T15:57:03.75Z", "9999-01-01T00:00:00+00:00"],
        "Date": ["2026-01-04", "1999-12-31"],
        "Decimal": ["0", "3.0300000000001", "-1.5", "1e3"],
        "Enum": ["draft", "published"],
        "Float": ["0", "-0.0", "0.1", "1e22", "9007199254740992"],
        "Integer": ["0", "1", "-2147483648"],
        "BigInteger": ["0", "9223372036854775807"],
        "Time": ["15:57:03.75", "00:00:00"],
        "UUID": [UNKNOWN],
    }
    text = st.sampled_from(["", "plain", "%", "_", "/", "é", "a", "1", "User1@example.org", "\x1f"])
    return st.sampled_from(known[found.column.kind]) if found.column.kind in known else text


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
async def test_a_list(pair: Pair, data: Any) -> None:
    resource = BY_NAME[data.draw(st.sampled_from(sorted(BY_NAME)))]
    path = f"/{resource.name}"
    query = data.draw(queries(resource))
    for _ in range(3):
        response = await pair.get(f"{path}?{urlencode(query)}")
        cursor = response.json().get("next_cursor")
        if cursor is None:
            return
        query = [(name, value) for name, value in query if name != "cursor"] + [("cursor", cursor)]


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
async def test_a_row_and_what_belongs_to_it(pair: Pair, data: Any) -> None:
    resource = BY_NAME[data.draw(st.sampled_from(sorted(BY_NAME)))]
    listed = await pair.ordinary.get(f"/{resource.name}", limit=200)
    keys = [*(str(row[resource.key.name]) for row in listed["items"]), UNKNOWN, "1", "x"]
    path = f"/{resource.name}/{quote(data.draw(st.sampled_from(keys)), safe='')}"
    relation = data.draw(st.sampled_from([None, *resource.relation.values()]))
    if relation is None:
        response = await pair.get(f"{path}?{urlencode(data.draw(shapes(resource)))}")
        if "etag" in response.headers:
            tag = data.draw(
                st.sampled_from([response.headers["etag"], '"7"', "*", "W/x", 'W/"1", "2"'])
            )
            await pair.get(path, **{"If-None-Match": tag})
    else:
        shape = queries(relation.target) if relation.many else shapes(relation.target)
        await pair.get(f"{path}/{relation.name}?{urlencode(data.draw(shape))}")


@pytest.mark.parametrize("resource", [*resources], ids=lambda each: each.name)
async def test_most_is_answered_by_postgresql(pair: Pair, resource: Resource) -> None:
    before = pair.answered()
    readable = [name for name in resource.columns if name not in ("span", "color")]
    await pair.get(f"/{resource.name}?limit=3&fields={','.join(readable)}")
    assert pair.answered() == before + 1


@pytest.mark.parametrize("key", ["*", "%2A", "", "{}", "None", "%00", "..", "a%2Fb", "é", "%FF"])
@pytest.mark.parametrize("path", ["/users/{}", "/users/{}/posts", "/posts/{}/author", "/tags/{}"])
async def test_odd_keys(pair: Pair, path: str, key: str) -> None:
    await pair.get(path.format(key))


async def test_bodies_of_another_type(pair: Pair) -> None:
    for media_type in ("application/jsonx", "text/plain", "application/json; charset=utf-8"):
        for path, body in (("/tags", '{"nope": 1}'), ("/graphql", '{"query": "{ tags { id } }"}')):
            await pair.both("POST", path, content=body, headers={"content-type": media_type})


async def test_shares_are_the_same(pair: Pair) -> None:
    """Of what is nested in many rows each gets less, and of what is nested in few all get a hundred."""
    (user,) = (await pair.ordinary.get("/users", limit=1))["items"]
    for index in range(130):
        post = await pair.ordinary.article(user, title=f"{index}")
        for text in ("a", "b") if index % 2 else ("c",):
            said = {"body": text, "post_id": post["id"], "user_id": user["id"]}
            await pair.ordinary.post("/comments", **said)
    before = pair.answered()
    paths = [
        "/users?include=posts.comments",
        "/users?include=posts.comments&limit=2",
        f"/users/{user['id']}?include=posts.comments.author",
        "/posts?limit=200",
        "/posts?limit=150&include=comments.replies&fields=title",
        f"/users/{user['id']}/posts?limit=120&include=comments&sort=-title",
        "/comments?limit=60&include=post.tags,author.profile&fields=id",
    ]
    for path in paths:
        await pair.get(path)
    assert pair.answered() == before + len(paths)


async def test_a_page_that_is_just_full(pair: Pair) -> None:
    user = await pair.ordinary.user()
    cursors = []
    for number in range(1, 102):
        await pair.ordinary.article(user, title=f"{number}")
        if number >= 99:
            answer = await pair.get(f"/users/{user['id']}?include=posts")
            cursors.append(answer.json()["posts"]["next_cursor"])
    assert [each is None for each in cursors] == [True, True, False]
    rest = await pair.get(f"/users/{user['id']}/posts?limit=100&cursor={cursors[2]}")
    assert len(rest.json()["items"]) == 1
