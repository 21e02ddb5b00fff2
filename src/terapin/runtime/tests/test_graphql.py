"""GraphQL gives and takes what REST does."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any

import pytest

from .api import Api, Json, key, path
from .service import (
    ByKey,
    Column,
    Delete,
    Listed,
    Many,
    column_of,
    constraints,
    definition,
    graphql_name,
    schema,
)

EVERYTHING = 200

each_list = pytest.mark.parametrize(
    "field",
    [
        pytest.param(each, id=graphql_name(each))
        for each in definition(schema.query).fields
        if isinstance(each, Listed)
    ],
)
each_key = pytest.mark.parametrize(
    "field",
    [
        pytest.param(each, id=graphql_name(each))
        for each in definition(schema.query).fields
        if isinstance(each, ByKey)
    ],
)
each_delete = pytest.mark.parametrize(
    "field",
    [
        pytest.param(each, id=graphql_name(each))
        for each in (definition(schema.mutation).fields if schema.mutation else ())
        if isinstance(each, Delete)
    ],
)


@each_list
async def test_lists_hold_what_rest_answers(filled_api: Api, field: Listed) -> None:
    shown = columns(field)
    answer = await ask(
        filled_api,
        f"{{ rows: {graphql_name(field)}(limit: {EVERYTHING}) {{ {' '.join(shown)} }} }}",
    )
    found = [rest(shown, row) for row in answer["rows"]]
    rows = (await filled_api.get(path(field.resource), limit=EVERYTHING))["items"]
    names = [column.name for column in shown.values()]
    assert found == [{name: row[name] for name in names} for row in rows]


@each_key
async def test_rows_are_found_by_their_key(api: Api, field: ByKey) -> None:
    row = await api.create(field.resource)
    shown = columns(field)
    (argument,) = field.arguments
    given = f"{argument.graphql_name}: {json.dumps(key(field.resource, row))}"
    answer = await ask(api, f"{{ row: {graphql_name(field)}({given}) {{ {' '.join(shown)} }} }}")
    names = [column.name for column in shown.values()]
    assert rest(shown, answer["row"]) == {name: row[name] for name in names}


@each_list
async def test_relations_take_as_many_statements_for_one_row_as_for_all(
    filled_api: Api, field: Listed
) -> None:
    for each in definition(field.node).fields:
        if isinstance(each, Many):
            nested = f"{{ {graphql_name(each)}(limit: 5) {{ __typename }} }}"
            counts = []
            for limit in (1, EVERYTHING):
                with filled_api.statements() as asked:
                    await ask(filled_api, f"{{ {graphql_name(field)}(limit: {limit}) {nested} }}")
                counts.append(len(asked))
            assert counts[0] == counts[1]


@each_delete
async def test_rows_are_deleted(api: Api, field: Delete) -> None:
    row = await api.create(field.resource)
    name = graphql_name(field)
    ((argument, declared),) = schema.mutation_fields[name].args.items()
    await ask(
        api,
        f"mutation($key: {declared.type}) {{ {name}({argument}: $key) }}",
        key=key(field.resource, row),
    )
    response = await api.client.get(path(field.resource, row))
    assert response.status_code == 404


async def ask(api: Api, query: str, **variables: Any) -> Json:
    """Whatever the limits are, and the documents that are trusted."""
    graphql = api.app.state.graphql
    graphql.settings = graphql.settings.model_copy(update={"max_cost": 10**9, "max_depth": 100})
    graphql.documents.only_known = False
    response = await api.client.post("/graphql", json={"query": query, "variables": variables})
    answer = response.json()
    assert "errors" not in answer, answer
    return dict(answer["data"])


def columns(field: ByKey | Listed) -> dict[str, Column]:
    """By their names in GraphQL, those that the type shows."""
    found = (
        (graphql_name(each), column_of(field.node, each)) for each in definition(field.node).fields
    )
    return {name: column for name, column in found if column is not None}


def rest(shown: dict[str, Column], row: Json) -> Json:
    """The row as REST answers it."""
    return {column.name: spelt(column, row[name]) for name, column in shown.items()}


def spelt(column: Column, value: Any) -> Any:
    """As REST does: GraphQL calls a value of an enumeration by its name."""
    for kind in constraints(column.field):
        if value is not None and isinstance(kind, type) and issubclass(kind, StrEnum):
            return kind[value].value
    return value
