"""A client that knows nothing of us, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport, HTTPXTransport


def test_gql_reads_the_schema_and_holds_documents_to_it(url: str) -> None:
    with Client(
        transport=HTTPXTransport(url=f"{url}/graphql"), fetch_schema_from_transport=True
    ) as session:
        create = gql("mutation($input: UserCreateInput!) { createUser(input: $input) { id } }")
        user = {"email": "a@example.org", "username": "anna", "passwordHash": "x"}
        create.variable_values = {"input": user}
        made = session.execute(create)
        read = gql("query($id: UUID!) { user(id: $id) { username posts { id } } }")
        read.variable_values = {"id": made["createUser"]["id"]}
        assert session.execute(read) == {"user": {"username": "anna", "posts": []}}
        with pytest.raises(TransportQueryError) as refused:
            session.execute(gql("mutation { deleteTag(id: 1) }"))
        errors: Any = refused.value.errors
        assert errors[0]["extensions"]["code"] == "NOT_FOUND"


async def test_gql_sends_batches(url: str) -> None:
    client = Client(transport=HTTPXAsyncTransport(url=f"{url}/graphql"))
    async with client as session:
        answers = await session.execute_batch([gql("{ tags { id } }"), gql("{ users { id } }")])
    assert answers == [{"tags": []}, {"users": []}]
