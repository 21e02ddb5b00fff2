"""Rows that are asked for at the same time come by one statement, and each caller has the answer that is due to it."""

from __future__ import annotations

import asyncio
from typing import Any
from unittest.mock import patch

import httpx
import pytest

from terapin.runtime.core.errors import Unavailable
from terapin.runtime.core.statements import Statements

from ..harness import Api
from .conftest import Pair

NOBODY = "/users/00000000-0000-0000-0000-000000000000"
WRONG = "/users/nobody"


async def at_once(api: Api, paths: list[str]) -> list[httpx.Response]:
    return await asyncio.gather(*(api.client.get(path) for path in paths))


async def users(api: Api, number: int) -> list[str]:
    return [f"/users/{(await api.user())['id']}" for _ in range(number)]


async def test_many_come_by_one_statement(api: Api) -> None:
    paths = await users(api, 5)
    paths = [*paths, NOBODY, WRONG, *paths]
    with api.statements() as sent:
        answers = await at_once(api, paths)
    # What is no key is told by the ordinary path, which asks nobody.
    assert len(sent) == 1
    assert [each.status_code for each in answers] == [200] * 5 + [404, 422] + [200] * 5
    for path, answer in zip(paths, answers, strict=True):
        assert answer.content == (await api.client.get(path)).content


async def test_so_do_no_more_than_are_good_for_it(api: Api) -> None:
    paths = await users(api, 3) * 50
    with api.statements() as sent:
        answers = await at_once(api, paths)
    assert len(sent) == 3
    for path, answer in zip(paths, answers, strict=True):
        assert answer.json()["id"] in path


async def test_each_shape_by_a_statement_of_its_own(pair: Pair) -> None:
    path = f"/users/{(await pair.get('/users')).json()['items'][0]['id']}"
    queries = ["", "?fields=id", "?include=posts", "?fields=email,id"] * 4
    answers = await at_once(pair.fast, [path + query for query in queries])
    for query, answer in zip(queries, answers, strict=True):
        assert answer.content == (await pair.ordinary.client.get(path + query)).content


async def test_one_alone_is_asked_for_as_ever(api: Api) -> None:
    [path] = await users(api, 1)
    with api.statements() as sent:
        await api.client.get(path)
    [(statement, _)] = sent
    assert "unnest" not in statement


async def test_whoever_leaves_takes_nobody_along(api: Api) -> None:
    """Neither the one who asks for all, before and after the statement is sent, nor one of the others."""
    paths = await users(api, 4)
    for leaving in range(4):
        for turns in range(12):
            tasks = [asyncio.create_task(api.client.get(path)) for path in paths]
            for _ in range(turns):
                await asyncio.sleep(0)
            tasks[leaving].cancel()
            answers = await asyncio.gather(*tasks, return_exceptions=True)
            for number, answer in enumerate(answers):
                if number != leaving:
                    assert isinstance(answer, httpx.Response)
                    assert answer.json()["id"] in paths[number]


@pytest.mark.parametrize(
    ("error", "statements", "status"), [(Unavailable(), 1, 503), (ValueError("a key"), 5, 200)]
)
async def test_an_outage_is_everybodys_and_a_bad_key_nobody_elses(
    api: Api, error: Exception, statements: int, status: int
) -> None:
    paths = await users(api, 5)
    ask, asked = Statements.rows, list[str]()

    async def rows(self: Statements, statement: str, arguments: Any) -> Any:
        asked.append(statement)
        if "unnest" in statement:
            raise error
        return await ask(self, statement, arguments)

    with patch.object(Statements, "rows", rows):
        answers = await at_once(api, paths)
    assert [each.status_code for each in answers[1:]] == [status] * 4
    assert len(asked) == statements
