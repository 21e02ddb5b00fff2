"""What the specification says of execution, case by case, asked three ways that have to agree.

The compiled path, the ordinary path, and graphql-core alone over the same rows (`reference`).
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import httpx
import pytest
import pytest_asyncio

from terapin.runtime.core.graphql.endpoint import GraphQL

from ..blog.endpoints import resources
from ..blog.settings import Settings
from ..compiled.conftest import Pair
from ..harness import Api, database, serving
from . import operations, reference, selections, values
from .cases import Case, Fate
from .extended import schema
from .rows import fill

CASES = {
    f"{table}: {name}": case
    for tables in (selections.TABLES, values.TABLES, operations.TABLES)
    for table, cases in tables.items()
    for name, case in cases.items()
}

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def services(server: Settings, migrated: Settings) -> AsyncIterator[Pair]:
    async with database(server, migrated) as settings:
        plain = settings.model_copy(update={"fast_path": False})
        async with serving(settings) as fast, serving(plain) as ordinary:
            for each in (fast, ordinary):
                extend(each)
            await fill(ordinary)
            yield Pair(fast, ordinary)


def extend(api: Api) -> None:
    graphql: GraphQL = api.app.state.graphql
    vars(graphql).update(vars(GraphQL(schema, graphql.settings, resources, development=True)))


@pytest.mark.parametrize("name", CASES)
async def test_case(services: Pair, name: str) -> None:
    case = CASES[name]
    before = services.answered()
    fast = await send(services.fast, case)
    compiled = services.answered() - before
    await restore(services, case)
    # What is kept of it answers the same.
    assert answered(await send(services.fast, case)) == answered(fast)
    await restore(services, case)
    ordinary = await send(services.ordinary, case)
    await restore(services, case)
    assert fast.headers["content-type"] == ordinary.headers["content-type"]
    assert answered(fast) == answered(ordinary)
    expected = plain(await reference.answer(case))
    assert_agree(answered(ordinary), expected, own_words=case.own_words)
    assert fate(json.loads(fast.content), compiled) is case.fate


async def send(api: Api, case: Case) -> httpx.Response:
    body = {
        "query": case.document,
        "variables": case.variables,
        **({"operationName": case.operation} if case.operation else {}),
    }
    response = await api.client.post("/graphql", json=body)
    assert response.status_code == 200, response.text
    return response


async def restore(services: Pair, case: Case) -> None:
    if "mutation" in case.document:
        await fill(services.ordinary)


def fate(answer: Any, compiled: int) -> Fate:
    if "data" not in answer:
        return Fate.REFUSED
    if compiled:
        assert "errors" not in answer
        return Fate.COMPILED
    return Fate.FAILED if "errors" in answer else Fate.ORDINARY


def answered(response: httpx.Response) -> Any:
    return _exactly(response.text.replace(response.headers["x-request-id"], "ID"))


def plain(answer: Any) -> Any:
    return _exactly(json.dumps(answer))


def _exactly(text: str) -> Any:
    """With the order of what objects have, and numbers as they are meant: 1 and 1.0 are the same."""
    return json.loads(text, object_pairs_hook=tuple, parse_int=Decimal, parse_float=Decimal)


def assert_agree(service: Any, reference: Any, *, own_words: bool) -> None:
    """In their data, and in each error's path, place and message.

    `extensions` are the service's own. So are the words of an error that it masks.
    """
    one, other = dict(service), dict(reference)
    assert one.get("data", "none") == other.get("data", "none")
    errors, expected = _errors(one), _errors(other)
    assert [_place(each) for each in errors] == [_place(each) for each in expected]
    for error, plain in zip(errors, expected, strict=True):
        masked = dict(error.get("extensions", ())).get("code") == "INTERNAL_SERVER_ERROR"
        if masked:
            assert error["message"] == "something went wrong; it was logged as ID"
        elif not own_words:
            assert error["message"] == plain["message"]


def _errors(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """In an order of their own: the specification has none."""
    return sorted(map(dict, answer.get("errors", ())), key=lambda each: repr(_place(each)))


def _place(error: dict[str, Any]) -> Any:
    return error.get("path"), error.get("locations")
