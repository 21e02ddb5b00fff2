"""Queries find the rows that REST finds, and show them as it does."""

from __future__ import annotations

from typing import Any

import pytest

from ..harness import Api
from .asking import ask, fail

SPECIMEN = {
    "limit": -(2**31),
    "class": 'ä"\\\n',
    "big": 2**63 - 1,
    "ratio": 5e-324,
    "amount": "12345678901234567890.0123456789",
    "flag": False,
    "at": "23:59:59.5",
    "moment": "9999-12-30T23:59:59.999999+00:00",
    "span": "-P1DT2H0.000001S",
    "data": "AAH/",
    "tree": {"n": 2**70, "x": [None, 1.5, "ü"]},
}


async def test_every_type_is_shown_as_in_rest(api: Api) -> None:
    row = await api.post("/specimens", **SPECIMEN)
    fields = "id limit class big ratio amount flag at moment span data tree otherId"
    shown = (await ask(api, f"{{ specimens {{ {fields} }} }}"))["specimens"]
    assert shown == [{**{name: row[name] for name in SPECIMEN}, "id": row["id"], "otherId": None}]


async def test_domain_types_are_strings(api: Api) -> None:
    row = await api.post("/contacts", site="https://example.org/a", color="#ff0000", currency="EUR")
    answer = await ask(api, "{ contacts { site color currency phone } }")
    assert answer["contacts"] == [
        {name: row[name] for name in ("site", "color", "currency", "phone")}
    ]


async def test_a_row_is_found_by_its_key(api: Api) -> None:
    user = await api.user()
    query = "query($id: UUID!) { user(id: $id) { username } }"
    assert (await ask(api, query, id=user["id"]))["user"] == {"username": user["username"]}
    nobody = "00000000-0000-0000-0000-000000000000"
    assert (await ask(api, query, id=nobody))["user"] is None


async def usernames(api: Api, where: Any) -> list[str]:
    query = "query($w: UserWhere) { users(where: $w, orderBy: {username: ASC}) { username } }"
    return [row["username"] for row in (await ask(api, query, w=where))["users"]]


async def test_conditions(api: Api) -> None:
    for name in ("anna", "ben_", "carl"):
        await api.user(username=name, is_active=name != "carl")
    assert await usernames(api, {"username": {"eq": "anna"}}) == ["anna"]
    assert await usernames(api, {"username": {"ne": "anna"}}) == ["ben_", "carl"]
    assert await usernames(api, {"username": {"in": ["anna", "carl"]}}) == ["anna", "carl"]
    assert await usernames(api, {"username": {"gt": "anna", "lte": "ben_"}}) == ["ben_"]
    assert await usernames(api, {"username": {"contains": "_"}}) == ["ben_"]
    assert await usernames(api, {"username": {"startsWith": "car"}}) == ["carl"]
    assert await usernames(api, {"isActive": {"eq": False}}) == ["carl"]
    assert await usernames(api, {"createdAt": {"lt": "2020-01-01T00:00:00Z"}}) == []
    assert await usernames(api, None) == ["anna", "ben_", "carl"]


async def test_conditions_are_joined(api: Api) -> None:
    for name in ("anna", "ben_", "carl"):
        await api.user(username=name)
    anna, ben = ({"username": {"eq": name}} for name in ("anna", "ben_"))
    assert await usernames(api, {"or": [anna, ben]}) == ["anna", "ben_"]
    assert await usernames(api, {"or": []}) == []
    assert await usernames(api, {"and": [anna, ben]}) == []
    assert await usernames(api, {"and": []}) == ["anna", "ben_", "carl"]
    assert await usernames(api, {"not": {"or": [anna, ben]}}) == ["carl"]
    assert await usernames(api, {"not": {}}) == []
    assert await usernames(api, {"or": [{}]}) == ["anna", "ben_", "carl"]


async def test_what_is_null_is_not_anything(api: Api) -> None:
    for limit in (1, 2, None):
        await api.post("/specimens", tree={}, limit=limit)

    async def limits(where: str) -> list[Any]:
        query = f"{{ specimens(where: {where}, orderBy: {{limit: ASC}}) {{ limit }} }}"
        return [row["limit"] for row in (await ask(api, query))["specimens"]]

    assert await limits("{limit: {ne: 1}}") == [2, None]
    assert await limits("{limit: {isNull: true}}") == [None]
    assert await limits("{not: {limit: {eq: 1}}}") == [2, None]
    assert await limits("{not: {limit: {gt: 1}}}") == [1, None]
    assert await limits("{not: {not: {limit: {eq: 1}}}}") == [1]


async def test_orders_as_given_with_nulls_last(api: Api) -> None:
    for limit, ratio in ((1, 1.0), (1, 2.0), (None, 3.0), (2, None)):
        await api.post("/specimens", tree={}, limit=limit, ratio=ratio)

    async def rows(order: str) -> list[tuple[Any, Any]]:
        query = f"{{ specimens(orderBy: {order}) {{ limit ratio }} }}"
        return [(row["limit"], row["ratio"]) for row in (await ask(api, query))["specimens"]]

    assert await rows("[{limit: DESC}, {ratio: DESC}]") == [(2, None), (1, 2), (1, 1), (None, 3)]
    assert await rows("[{ratio: ASC}]") == [(1, 1), (1, 2), (None, 3), (2, None)]


async def test_lists_are_paged_at_the_root_and_below(api: Api) -> None:
    users = [await api.user() for _ in range(2)]
    for user in users:
        for number in range(4):
            await api.article(user, title=f"T{number}")
    query = """{ users(orderBy: {username: ASC}) { posts(limit: 2, offset: 1, orderBy: {title: DESC},
        where: {title: {ne: "T2"}}) { title } } }"""
    assert (await ask(api, query))["users"] == [{"posts": [{"title": "T1"}, {"title": "T0"}]}] * 2
    query = "{ posts(limit: 3, offset: 6, orderBy: {title: ASC}) { title } }"
    assert (await ask(api, query))["posts"] == [{"title": "T3"}, {"title": "T3"}]


async def test_nested_lists_have_the_order_of_the_relationship(api: Api) -> None:
    user = await api.user()
    for number in range(3):
        await api.article(user, title=f"T{number}")
    rest = await api.get(f"/users/{user['id']}/posts")
    answer = await ask(api, "{ users { posts { id } } }")
    assert answer["users"][0]["posts"] == [{"id": row["id"]} for row in rest["items"]]


async def test_a_connection_is_walked_by_its_cursors(api: Api) -> None:
    user = await api.user()
    for number in range(5):
        await api.article(user, title=f"T{number % 2}")
    query = """query($after: String) { postsConnection(first: 2, after: $after, orderBy: {title: DESC}) {
        edges { cursor node { id } } nodes { id } totalCount
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
    found: list[str] = []
    after = None
    while True:
        page = (await ask(api, query, after=after))["postsConnection"]
        assert [edge["node"] for edge in page["edges"]] == page["nodes"]
        assert page["pageInfo"]["startCursor"] == page["edges"][0]["cursor"]
        assert page["pageInfo"]["endCursor"] == page["edges"][-1]["cursor"]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        assert page["totalCount"] == 5
        found += [row["id"] for row in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    rest = await api.get("/posts", sort="-title")
    assert found == [row["id"] for row in rest["items"]]


async def test_rows_are_counted_only_when_asked(api: Api) -> None:
    with api.statements() as sent:
        await ask(api, "{ postsConnection { nodes { id } pageInfo { hasNextPage } } }")
    assert len(sent) == 1
    assert "count" not in sent[0][0]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("{ users(limit: 0) { id } }", "limit"),
        ("{ users(limit: 201) { id } }", "limit"),
        ("{ users(offset: -1) { id } }", "offset"),
        ("{ users(offset: 10001) { id } }", "offset"),
        ("{ usersConnection(first: 201) { nodes { id } } }", "first"),
        ('{ usersConnection(after: "x") { nodes { id } } }', "cursor"),
        ("{ users(where: {username: {eq: null}}) { id } }", "where.username.eq"),
        ("{ users(where: {username: null}) { id } }", "where.username"),
        ('{ users(where: {or: [{username: {in: ["a\\u0000"]}}]}) { id } }', "where.or.username.in"),
    ],
)
async def test_what_an_argument_cannot_be_is_told(api: Api, query: str, parameter: str) -> None:
    extensions = (await fail(api, query))["extensions"]
    assert extensions["errors"][0]["parameter"] == parameter
    assert extensions["code"] in ("BAD_USER_INPUT", "BAD_REQUEST")


async def test_conditions_are_bounded(api: Api) -> None:
    query = "query($w: UserWhere) { users(where: $w) { id } }"
    many = {"or": [{"username": {"eq": "x"}}] * 101}
    assert "at most 100" in str(await fail(api, query, w=many))
    assert "at most 200" in str(await fail(api, query, w={"username": {"in": ["x"] * 201}}))


@pytest.mark.parametrize(
    ("type_", "value", "said"),
    [
        ("DateTime", "2026-11-22", "must be as 2026-11-22T"),
        ("Date", 5, "must be a string"),
        ("UUID", "x", "valid UUID"),
        ("BigInt", 2**63, "less than or equal"),
        ("BigInt", 1.5, "valid integer"),
        ("BigInt", True, "must be a number"),
        ("Decimal", "x", "valid decimal"),
        ("Duration", "P1Y", "must be as P1DT2H30M"),
        ("Base64", "#", "must be base64"),
    ],
)
async def test_scalars_take_what_rest_takes(api: Api, type_: str, value: Any, said: str) -> None:
    field = {
        "DateTime": "moment",
        "Date": "publishedOn",
        "UUID": "userId",
        "BigInt": "big",
        "Decimal": "amount",
        "Duration": "span",
        "Base64": "data",
    }[type_]
    if type_ in ("Date", "UUID"):
        query = f"query($v: {type_}) {{ posts(where: {{{field}: {{eq: $v}}}}) {{ id }} }}"
    elif type_ == "Base64":
        query = (
            f"mutation($v: {type_}) {{ createSpecimen(input: {{tree: 1, {field}: $v}}) {{ id }} }}"
        )
    else:
        query = f"query($v: {type_}) {{ specimens(where: {{{field}: {{eq: $v}}}}) {{ id }} }}"
    error = await fail(api, query, v=value)
    assert said in error["message"], error
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}


async def test_exact_numbers_are_taken_from_a_document_as_they_are_written(api: Api) -> None:
    await ask(api, "mutation { createSpecimen(input: {tree: 1, amount: 0.3333333333}) { id } }")
    found = await ask(api, "{ specimens(where: {amount: {eq: 0.33333333330}}) { amount } }")
    assert found["specimens"] == [{"amount": "0.3333333333"}]
    found = await ask(
        api, "{ specimens(where: {amount: {eq: 0.33333333330000000001}}) { amount } }"
    )
    assert found["specimens"] == []
