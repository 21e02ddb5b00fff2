"""A GraphQL query has the same answer whether PostgreSQL makes it or graphql-core executes it."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terapin.runtime.core.graphql.schema import core_schema

from ..blog.graphql import schema
from .conftest import Pair

EXAMPLES = 1000 if os.environ.get("TERAPIN_TEST_PROFILE") == "deep" else 120
CORE: Any = core_schema(schema)
QUERY: GraphQLObjectType = CORE.query_type
# As GraphQL writes them.
LITERALS = {
    "Boolean": ["true", "false"],
    "Date": ['"2026-01-04"', '"1999-12-31"'],
    "DateTime": ['"2026-11-22T15:57:03.75Z"'],
    "Decimal": ['"3.03"', "0", "1.50"],
    "Float": ["0", "-0.0", "0.1", "1e22"],
    "Int": ["0", "1", "-2147483648"],
    "BigInt": ["0", "9223372036854775807"],
    "String": ['""', '"plain"', '"%"', '"_"', '"é"', '"1"', '"a"'],
    "Time": ['"15:57:03.75"'],
    "UUID": ['"00000000-0000-4000-8000-000000000000"'],
    "Duration": ['"PT0S"'],
}


@st.composite
def operations(draw: Any) -> str:
    """Of some root fields, nested three deep at most, with all that the language has for selections."""
    fields = draw(st.lists(st.sampled_from(sorted(QUERY.fields)), min_size=1, max_size=2))
    parts = [field(draw, QUERY, name, 0) for name in fields if is_plain(QUERY, name)]
    return f"query($yes: Boolean = true, $no: Boolean = false) {{ __typename {' '.join(parts)} }}"


def is_plain(type_: GraphQLObjectType, name: str) -> bool:
    """Whether the field stands for rows and takes no argument that has to be made up."""
    return name in type_.fields and not name.endswith("Connection")


def field(draw: Any, type_: GraphQLObjectType, name: str, depth: int) -> str:
    declared = type_.fields[name]
    given_ = arguments(draw, declared)
    alias = f"{draw(st.sampled_from(['a', 'b', 'c']))}{name}: " if draw(st.booleans()) else ""
    directive = draw(
        st.sampled_from(["", "", "", " @skip(if: $no)", " @include(if: $yes)", " @skip(if: $yes)"])
    )
    nested = get_named_type(declared.type)
    if is_leaf_type(nested):
        return f"{alias}{name}{directive}"
    return f"{alias}{name}{given_}{directive} {selection(draw, nested, depth + 1)}"


def selection(draw: Any, type_: Any, depth: int) -> str:
    leaves = [
        name for name, each in type_.fields.items() if is_leaf_type(get_named_type(each.type))
    ]
    deeper = [name for name in type_.fields if name not in leaves]
    names = draw(st.lists(st.sampled_from(leaves), min_size=1, max_size=4))
    if depth < 3 and deeper:
        names += draw(st.lists(st.sampled_from(deeper), max_size=2))
    parts = [field(draw, type_, name, depth) for name in names]
    if draw(st.booleans()):
        parts.append("__typename")
    if draw(st.booleans()):
        parts.append(f"... on {type_.name} {{ {draw(st.sampled_from(leaves))} }}")
    return f"{{ {' '.join(parts)} }}"


def arguments(draw: Any, declared: Any) -> str:
    given_ = []
    for name, argument in declared.args.items():
        type_ = get_nullable_type(argument.type)
        if name == "limit":
            given_.append(f"limit: {draw(st.sampled_from([1, 2, 5, 50, 0]))}")
        elif name == "offset":
            given_.append(f"offset: {draw(st.sampled_from([0, 0, 1, 3]))}")
        elif name == "where" and draw(st.booleans()):
            given_.append(f"where: {condition(draw, type_, 0)}")
        elif name == "orderBy" and draw(st.booleans()):
            order = get_named_type(type_)
            chosen = draw(st.lists(st.sampled_from(sorted(order.fields)), max_size=2, unique=True))
            terms = [f"{{{each}: {draw(st.sampled_from(['ASC', 'DESC']))}}}" for each in chosen]
            given_.append(f"orderBy: [{', '.join(terms)}]")
        elif str(argument.type).endswith("!"):
            given_.append(f"{name}: {literal(draw, type_)}")
    return f"({', '.join(given_)})" if given_ else ""


def condition(draw: Any, type_: Any, depth: int) -> str:
    names = draw(
        st.lists(st.sampled_from(sorted(type_.fields)), min_size=1, max_size=2, unique=True)
    )
    parts = []
    for name in names:
        if name in ("and", "or", "not"):
            if depth < 2:
                inner = condition(draw, type_, depth + 1)
                parts.append(f"{name}: {inner if name == 'not' else f'[{inner}]'}")
            continue
        filter_: GraphQLInputObjectType = get_named_type(type_.fields[name].type)
        operator = draw(st.sampled_from(sorted(filter_.fields)))
        parts.append(f"{name}: {{{operator}: {literal(draw, filter_.fields[operator].type)}}}")
    return f"{{{', '.join(parts)}}}"


def literal(draw: Any, type_: Any) -> str:
    type_ = get_nullable_type(type_)
    if is_list_type(type_):
        return f"[{literal(draw, type_.of_type)}, {literal(draw, type_.of_type)}]"
    named = get_named_type(type_)
    values = LITERALS.get(named.name) or sorted(getattr(named, "values", None) or ['"x"'])
    return str(draw(st.sampled_from(values)))


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(query=operations())
async def test_a_query(pair: Pair, query: str) -> None:
    fast = await pair.fast.client.post("/graphql", json={"query": query})
    ordinary = await pair.ordinary.client.post("/graphql", json={"query": query})
    assert exactly(fast.content) == exactly(ordinary.content), query
    assert fast.headers["content-type"] == ordinary.headers["content-type"]


def exactly(content: bytes) -> Any:
    """With the order of keys, and with numbers as they are meant: 1 and 1.0 are the same."""
    return json.loads(content, object_pairs_hook=list, parse_int=float)


@pytest.mark.parametrize(
    "query",
    [
        "{ users { id email posts(limit: 3) { title author { username } } } }",
        "{ a: posts(limit: 2) { id } b: posts(offset: 2) { tags { name } } }",
        "query($w: PostWhere) { posts(where: $w, orderBy: {price: DESC}) { price meta status } }",
        '{ user(id: "00000000-0000-4000-8000-000000000000") { id } }',
        "{ specimens { tree ratio big moment at data amount class_ flag } }",
        "{ postsConnection(first: 3) { edges { cursor node { id tags { name } } } pageInfo { endCursor hasNextPage } } }",
        "{ c: usersConnection(orderBy: {createdAt: DESC}) { __typename nodes { id n: username } totalCount pageInfo { startCursor hasPreviousPage __typename } } }",
        "{ specimensConnection(first: 200) { edges { cursor __typename } } }",
        '{ usersConnection(first: 1, where: {username: {eq: "nobody"}}) { nodes { id } totalCount pageInfo { endCursor } edges { cursor } } }',
    ],
)
async def test_most_is_answered_by_postgresql(pair: Pair, query: str) -> None:
    query = query.replace("class_", "class")
    variables = {"w": {"or": [{"status": {"eq": "DRAFT"}}, {"not": {"title": {"contains": "1"}}}]}}
    before = pair.answered()
    asked = {"query": query, "variables": variables if "$w" in query else {}}
    fast = await pair.fast.client.post("/graphql", json=asked)
    ordinary = await pair.ordinary.client.post("/graphql", json=asked)
    assert "errors" not in fast.json(), fast.text
    assert exactly(fast.content) == exactly(ordinary.content)
    assert pair.answered() == before + 1


async def test_what_stands_in_the_url_is_answered_by_postgresql(pair: Pair) -> None:
    query = "query($n: Int) { posts(limit: $n) { id author { username } } }"
    before = pair.answered()
    for limit in (1, 3):
        asked = {"query": query, "variables": json.dumps({"n": limit})}
        fast = await pair.fast.client.get("/graphql", params=asked)
        ordinary = await pair.ordinary.client.get("/graphql", params=asked)
        assert len(fast.json()["data"]["posts"]) == limit
        assert exactly(fast.content) == exactly(ordinary.content)
    assert pair.answered() == before + 2
    for wrong in ({"query": "mutation { deleteTag(id: 1) }"}, {"query": "{"}, {"variables": "{}"}):
        await pair.both("GET", "/graphql", params=wrong)
    assert pair.answered() == before + 2


async def test_what_is_wrong_beside_what_is_being_read(pair: Pair) -> None:
    """The rest is given up in mid-statement, which is not to be told as a failure of the service."""
    query = "{ users { id posts { id } } contacts(limit: 0) { id } comments { id } }"
    for _ in range(10):
        response = await pair.ordinary.client.post("/graphql", json={"query": query})
        assert response.status_code == 200
        assert "INVALID" in response.text or "limit" in response.text


async def test_a_connection_is_continued(pair: Pair) -> None:
    query = (
        "query($after: String) { postsConnection(first: 7, after: $after, orderBy: {publishedOn: ASC})"
        " { nodes { id } totalCount pageInfo { hasNextPage endCursor hasPreviousPage } } }"
    )
    after, seen = None, []
    while True:
        before = pair.answered()
        asked = {"query": query, "variables": {"after": after}}
        fast = await pair.fast.client.post("/graphql", json=asked)
        ordinary = await pair.ordinary.client.post("/graphql", json=asked)
        assert fast.json() == ordinary.json()
        assert pair.answered() == before + 1
        connection = fast.json()["data"]["postsConnection"]
        seen += [each["id"] for each in connection["nodes"]]
        after = connection["pageInfo"]["endCursor"]
        if not connection["pageInfo"]["hasNextPage"]:
            break
    assert len({*seen}) == len(seen) == connection["totalCount"]


async def test_what_asks_for_nothing(pair: Pair) -> None:
    for query in ("{ users @skip(if: true) { id } }", "{ users { id @skip(if: true) } }"):
        fast = await pair.fast.client.post("/graphql", json={"query": query})
        ordinary = await pair.ordinary.client.post("/graphql", json={"query": query})
        assert fast.json() == ordinary.json()


async def test_the_schema_is_asked_the_ordinary_way(pair: Pair) -> None:
    for query in ("{ __schema { queryType { name } } }", '{ __type(name: "User") { name } }'):
        fast = await pair.fast.client.post("/graphql", json={"query": query})
        assert "errors" not in fast.json()
