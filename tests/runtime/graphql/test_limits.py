"""What asks for too much is refused before anything is read."""

from __future__ import annotations

import time
from typing import Any

import pytest

from ..harness import Api
from .asking import ask, fail, send

DEEP = """{ users(limit: 10) { posts(limit: 10) { comments(limit: 10) { author { posts(limit: 10)
    { comments(limit: 10) { id } } } } } } }"""


def bomb(levels: int, selection: str, on: str) -> str:
    """Fragments that each spread the next twice."""
    each = [
        f"fragment f{level} on {on} {{ {selection.format(next=level + 1)} }}"
        for level in range(levels)
    ]
    return f"{{ tags {{ ...f0 }} }} {' '.join(each)} fragment f{levels} on {on} {{ id }}"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (DEEP, "the cost of the operation is 112,110, and may be 5,000"),
        ("{ users { posts { comments { id } } } }", "cost"),
        ("{ usersConnection(first: 200) { nodes { posts { id } } } }", "cost"),
        (
            f"{{ {' '.join(f'a{n}: tags(limit: 1) {{ id }}' for n in range(16))} }}",
            "aliases of the operation is 16",
        ),
        (
            f"{{ tags {{ {' '.join(f'a{n}: id' for n in range(16))} }} }}",
            "aliases of the operation is 16",
        ),
        (f"{{ tags {{ {'id ' * 21} }} }}", "a field stands at most 20 times"),
        (
            "{ tags { " + "posts(limit: 1) { tags(limit: 1) { " * 5 + "id" + "} }" * 5 + "} }",
            "depth of the operation is 12",
        ),
        (
            bomb(25, "posts(limit: 1) {{ tags(limit: 1) {{ ...f{next} ...f{next} }} }}", "Tag"),
            "depth",
        ),
    ],
)
async def test_is_refused(api: Api, query: str, said: str) -> None:
    with api.statements() as sent:
        error = await fail(api, query)
    assert said in error["message"]
    assert error["extensions"] == {"code": "LIMIT_EXCEEDED"}
    assert not sent


async def test_a_refusal_costs_little(api: Api) -> None:
    await fail(api, DEEP)
    fastest = 1.0
    for _ in range(10):
        # Another document each time, so that none is known already.
        query = DEEP.replace("{ id }", f"{{ id }} # {time.perf_counter()}")
        start = time.perf_counter()
        await fail(api, query)
        fastest = min(fastest, time.perf_counter() - start)
    assert fastest < 0.02


async def test_variables_and_their_defaults_count(api: Api) -> None:
    query = "query($n: Int! = 200) { users(limit: $n) { posts(limit: $n) { id } } }"
    assert "cost of the operation is 40,200" in (await fail(api, query))["message"]
    assert (await ask(api, query, n=2))["users"] == []


async def test_fragments_and_conditions_count_as_if_all_of_them_applied(api: Api) -> None:
    query = """query($no: Boolean!) { ...q ... on Query { users(limit: 100) { id } } }
        fragment q on Query { users(limit: 100) @include(if: $no) { posts(limit: 100) { id } } }"""
    assert "cost of the operation is 10,200" in (await fail(api, query, no=False))["message"]


async def test_a_document_has_so_many_tokens(api: Api) -> None:
    error = await fail(api, f"{{ tags {{ {'id ' * 1000} }} }}")
    assert error["extensions"] == {"code": "GRAPHQL_PARSE_FAILED"}
    assert "1000 tokens" in error["message"]


async def test_nothing_breaks_on_what_is_nested_too_deeply(api: Api) -> None:
    assert (await fail(api, "{ tags " * 300))["extensions"]["code"] == "GRAPHQL_PARSE_FAILED"
    where: Any = {}
    for _ in range(200):
        where = {"and": [where]}
    response = await send(api, "query($w: TagWhere) { tags(where: $w) { id } }", w=where)
    assert response.status_code == 400
    where = {}
    for _ in range(45):
        where = {"not": where}
    await ask(api, "query($w: TagWhere) { tags(where: $w) { id } }", w=where)


async def test_a_batch_is_bounded(api: Api) -> None:
    one = {"query": "{ tags { id } }"}
    for count, status in ((1, 200), (5, 200), (6, 400), (0, 400)):
        response = await api.client.post("/graphql", json=[one] * count)
        assert response.status_code == status, response.text


async def test_limits_are_settings(api: Api) -> None:
    api.app.state.graphql.settings.max_cost = 10
    assert "may be 10" in (await fail(api, "{ tags { id } }"))["message"]
