"""GraphQL over documents, and over relations between the two databases."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import strawberry
from strawberry import UNSET

from terapin.runtime.core.graphql.connections import Connection
from terapin.runtime.core.graphql.endpoint import install_graphql
from terapin.runtime.core.graphql.fields import connected, listed, many, one
from terapin.runtime.core.graphql.filters import (
    Direction,
    NullableOrdered,
    NullableText,
    Ordered,
    Text,
)
from terapin.runtime.core.graphql.mutations import create, delete, update
from terapin.runtime.core.graphql.rows import Row, object_type
from terapin.runtime.core.graphql.schema import Schema
from terapin.runtime.core.graphql.settings import GraphqlSettings

from .club.endpoints.activity import activities
from .club.endpoints.member import members
from .club.endpoints.remark import remarks
from .harness import Api, Json


@strawberry.input
class ActivityWhere:
    slug: NullableText | None = UNSET
    score: NullableOrdered[int] | None = UNSET
    cost: Ordered[Decimal] | None = UNSET
    or_: list[ActivityWhere] | None = strawberry.field(name="or", default=UNSET)
    not_: ActivityWhere | None = strawberry.field(name="not", default=UNSET)


@strawberry.input(one_of=True)
class ActivityOrder:
    score: Direction | None = UNSET
    slug: Direction | None = UNSET


@strawberry.input
class RemarkWhere:
    text: Text | None = UNSET


@strawberry.input(one_of=True)
class RemarkOrder:
    text: Direction | None = UNSET


@strawberry.input
class ActivityInput:
    member_id: UUID | None = UNSET
    slug: str | None = UNSET
    score: int | None = UNSET
    cost: Decimal | None = UNSET


@object_type
class Member(Row, resource=members):
    id: UUID
    name: str
    activities: list[Activity] = many(ActivityWhere, ActivityOrder)


@object_type
class Activity(Row, resource=activities):
    id: UUID
    slug: str | None
    score: int | None
    cost: Decimal
    at: dt.datetime
    member: Member | None = one()
    remarks: list[Remark] = many(RemarkWhere, RemarkOrder)


@object_type
class Remark(Row, resource=remarks):
    id: UUID
    text: str
    activity: Activity | None = one()


@strawberry.type
class Query:
    members: list[Member] = listed(RemarkWhere, RemarkOrder)
    activities: list[Activity] = listed(ActivityWhere, ActivityOrder)
    activities_connection: Connection[Activity] = connected(ActivityWhere, ActivityOrder)


@strawberry.type
class Mutation:
    create_activity: Activity | None = create(ActivityInput)
    update_activity: Activity | None = update(ActivityInput)
    delete_activity: UUID | None = delete(Activity)


schema = Schema(query=Query, mutation=Mutation)


@pytest.fixture
def graphql(club: Api) -> Api:
    vars(club.app.state.settings)["graphql"] = GraphqlSettings()
    install_graphql(club.app, schema)
    return club


async def ask(api: Api, query: str, **variables: Any) -> Json:
    response = await api.client.post("/graphql", json={"query": query, "variables": variables})
    answer = response.json()
    assert "errors" not in answer, answer
    return dict(answer["data"])


async def test_documents_are_filtered_ordered_and_paged(graphql: Api) -> None:
    for slug, score in (("a", 1), ("ab", None), ("b", 2), (None, 3)):
        await graphql.activity(slug=slug, score=score)

    async def slugs(arguments: str) -> list[Any]:
        answer = await ask(graphql, f"{{ activities({arguments}) {{ slug }} }}")
        return [row["slug"] for row in answer["activities"]]

    order = "orderBy: [{score: DESC}]"
    assert await slugs(order) == [None, "b", "a", "ab"]
    assert await slugs(f"{order}, limit: 2, offset: 1") == ["b", "a"]
    assert await slugs(f'{order}, where: {{slug: {{startsWith: "a"}}}}') == ["a", "ab"]
    assert await slugs(f'{order}, where: {{not: {{slug: {{startsWith: "a"}}}}}}') == [None, "b"]
    either = '{or: [{slug: {eq: "b"}}, {score: {isNull: true}}]}'
    assert await slugs(f"{order}, where: {either}") == ["b", "ab"]
    assert await slugs(f"{order}, where: {{or: []}}") == []


async def test_a_connection_of_documents(graphql: Api) -> None:
    for score in (1, 2, 3):
        await graphql.activity(score=score)
    query = """query($after: String) { activitiesConnection(first: 2, after: $after, orderBy: {score: ASC})
        { totalCount nodes { score } pageInfo { hasNextPage endCursor } } }"""
    first = (await ask(graphql, query))["activitiesConnection"]
    assert [row["score"] for row in first["nodes"]] == [1, 2]
    after = first["pageInfo"]["endCursor"]
    second = (await ask(graphql, query, after=after))["activitiesConnection"]
    assert [row["score"] for row in second["nodes"]] == [3]
    assert (first["totalCount"], second["pageInfo"]["hasNextPage"]) == (3, False)


async def test_relations_across_databases_take_one_query_each(graphql: Api) -> None:
    for _ in range(5):
        member = await graphql.member()
        for score in (1, 2, 3):
            activity = await graphql.activity(member, score=score)
            await graphql.post("/remarks", text="R", activity_id=activity["id"])
    query = """{ members { name activities(limit: 2, orderBy: {score: DESC}, where: {score: {lt: 3}})
        { score member { name } remarks { text activity { id } } } } }"""
    graphql.app.state.graphql.settings.max_cost = 10**6
    with graphql.queries() as sent:
        answer = await ask(graphql, query.replace("limit: 2", "limit: 1"))
    with graphql.queries() as all_of_them:
        answer = await ask(graphql, query)
    # Members, activities, members of those, remarks, activities of those.
    assert len(sent) == len(all_of_them) == 5
    for member in answer["members"]:
        assert [row["score"] for row in member["activities"]] == [2, 1]
        assert all(row["member"]["name"] == member["name"] for row in member["activities"])
        assert all(row["remarks"][0]["text"] == "R" for row in member["activities"])


async def test_documents_are_written(graphql: Api) -> None:
    member = await graphql.member()
    query = "mutation($i: ActivityInput!) { createActivity(input: $i) { id cost member { name } } }"
    made = (await ask(graphql, query, i={"memberId": member["id"], "cost": "1.5"}))[
        "createActivity"
    ]
    assert made["cost"] == "1.50"
    assert made["member"] == {"name": member["name"]}
    query = "mutation($id: UUID!) { updateActivity(id: $id, input: {score: 5}) { score cost } }"
    assert (await ask(graphql, query, id=made["id"]))["updateActivity"] == {
        "score": 5,
        "cost": "1.50",
    }
    query = "mutation($id: UUID!) { deleteActivity(id: $id) }"
    assert (await ask(graphql, query, id=made["id"]))["deleteActivity"] == made["id"]
    assert await graphql.items("/activities") == []


async def test_a_reference_that_leads_nowhere_is_told(graphql: Api) -> None:
    nobody = "00000000-0000-0000-0000-000000000000"
    query = f'mutation {{ createActivity(input: {{memberId: "{nobody}"}}) {{ id }} }}'
    response = await graphql.client.post("/graphql", json={"query": query})
    (error,) = response.json()["errors"]
    assert error["extensions"]["status"] == 409
    assert error["extensions"]["errors"][0]["pointer"] == "/memberId"
