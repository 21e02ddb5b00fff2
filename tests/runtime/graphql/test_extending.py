"""What a user adds in Python: fields, root fields, and resolvers in the place of core's."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import pytest
import strawberry
from strawberry import Info
from strawberry.types.field import StrawberryField

from terapin.runtime.core.errors import Conflict
from terapin.runtime.core.graphql.context import Context
from terapin.runtime.core.graphql.endpoint import GraphQL
from terapin.runtime.core.graphql.fields import Fact, Listed, Many, One, listed
from terapin.runtime.core.graphql.rows import column_of, definition, instance, object_type
from terapin.runtime.core.graphql.schema import Schema
from terapin.runtime.core.pagination import PageQuery

from ..blog.endpoints import resources
from ..blog.endpoints.specimen import specimens
from ..blog.graphql.fields.specimen import SpecimenFields
from ..blog.graphql.inputs.specimen import SpecimenOrder, SpecimenWhere
from ..blog.graphql.queries import QueryFields
from ..blog.graphql.types.post import Post
from ..blog.settings import Settings
from ..harness import Api
from .asking import ask, fail


def _hidden() -> str:
    return "hidden"


def _none() -> list[Specimen]:
    return []


@strawberry.interface
class Measured:
    ratio: float | None
    amount: Decimal | None


@strawberry.interface
class Related:
    others: list[Specimen]


@object_type
class Specimen(SpecimenFields, Measured, Related):
    """With fields of its own, one in the place of a column, and two interfaces."""

    @strawberry.field
    def double(self) -> int:
        return 2 * int(self._row.limit)

    @strawberry.field
    async def siblings(self, info: Info[Context]) -> int:
        async with info.context.reading() as session:
            page = await specimens.service(session).list(PageQuery(total=True))
        return (page.total or 0) - 1

    @strawberry.field
    def refuse(self) -> str:
        raise Conflict("not today")

    class_: str | None = strawberry.field(name="class", resolver=_hidden)
    others: list[Specimen] = strawberry.field(resolver=_none, metadata={"size": 1000})


@strawberry.type
class Nothing:
    said: str


Found = Annotated[Specimen | Nothing, strawberry.union("Found")]


async def _latest(info: Info[Context]) -> list[Specimen]:
    async with info.context.reading() as session:
        page = await specimens.service(session).list(PageQuery())
    return [instance(Specimen, row) for row in page.items]


@strawberry.type
class Query:
    specimens: list[Specimen] = listed(SpecimenWhere, SpecimenOrder)

    @strawberry.field
    def hello(self, name: str = "you") -> str:
        return f"hello {name}"

    @strawberry.field
    async def latest(self, info: Info[Context]) -> list[Specimen]:
        return await _latest(info)

    @strawberry.field
    async def measured(self, info: Info[Context]) -> list[Measured]:
        return [*await _latest(info)]

    @strawberry.field
    def found(self) -> Found:
        return Nothing(said="nothing")


@pytest.fixture
def extended(api: Api) -> Api:
    graphql: GraphQL = api.app.state.graphql
    vars(graphql).update(
        vars(GraphQL(Schema(query=Query), graphql.settings, resources, development=True))
    )
    return api


async def test_fields_of_ones_own_stand_beside_cores(extended: Api) -> None:
    for limit in (1, 2):
        await extended.post("/specimens", limit=limit, tree={}, **{"class": "shown"})
    query = (
        "{ specimens(orderBy: {id: ASC}) { limit double siblings class } hello latest { double } }"
    )
    answer = await ask(extended, query)
    assert [row["double"] for row in answer["specimens"]] == [2, 4]
    assert [row["siblings"] for row in answer["specimens"]] == [1, 1]
    assert {row["class"] for row in answer["specimens"]} == {"hidden"}
    assert answer["hello"] == "hello you"
    assert [row["double"] for row in answer["latest"]] == [2, 4]


async def test_problems_of_ones_own_are_told(extended: Api) -> None:
    await extended.post("/specimens", tree={})
    error = await fail(extended, "{ specimens { refuse } }")
    assert error["message"] == "not today"
    assert error["extensions"] == {"code": "CONFLICT", "status": 409}


async def test_lists_of_ones_own_cost_what_is_said_of_them(extended: Api) -> None:
    extended.app.state.graphql.settings.max_cost = 9
    assert "cost of the operation is 10" in (await fail(extended, "{ latest { id } }"))["message"]


async def test_interfaces_of_ones_own_hold_on_both_paths(extended: Api, settings: Settings) -> None:
    await extended.post("/specimens", limit=1, ratio=0.5, amount="1.5", tree={})
    before = extended.app.state.shortcut.answered
    query = """{ specimens { ... on Measured { ratio ...Exact } ... on Found { ... on Specimen { limit } }
        ... on Found { ... on Nothing { said } } } } fragment Exact on Measured { amount }"""
    assert await ask(extended, query) == {
        "specimens": [{"ratio": 0.5, "amount": "1.5000000000", "limit": 1}]
    }
    assert extended.app.state.shortcut.answered - before == settings.fast_path
    query = "{ measured { __typename ratio ... on Specimen { limit } } }"
    answer = await ask(extended, query)
    assert answer["measured"] == [{"__typename": "Specimen", "ratio": 0.5, "limit": 1}]


async def test_an_interface_costs_what_its_dearest_type_does(extended: Api) -> None:
    query = "{ specimens(limit: 5) { ... on Related { others { id } } } }"
    assert "cost of the operation is 5,005" in (await fail(extended, query))["message"]


def fields(type_: type[object]) -> dict[str, StrawberryField]:
    return {each.python_name: each for each in definition(type_).fields}


def test_each_fact_says_what_it_stands_for() -> None:
    shown = fields(Post)
    assert isinstance(shown["author"], One)
    comments = shown["comments"]
    assert isinstance(comments, Many)
    assert comments.relation.name == "comments"
    assert comments.resource.title == "Comment"
    column = column_of(Post, shown["published_on"])
    assert column is not None
    assert column.name == "published_on"
    assert column_of(Post, shown["author"]) is None
    root = fields(QueryFields)["posts"]
    assert isinstance(root, Listed)
    assert root.node is Post


def test_what_a_user_resolves_is_no_fact() -> None:
    for name in ("double", "class_"):
        field = fields(Specimen)[name]
        assert not isinstance(field, Fact)
        assert column_of(Specimen, field) is None
