"""What `NAME sql` shows of a request."""

from __future__ import annotations

import json

import pytest

from terapin.runtime.core.explain import explain

from ..blog.main import create_app
from ..blog.settings import Settings


async def lines(settings: Settings, method: str, target: str, body: bytes = b"") -> list[str]:
    return [*await explain(create_app(settings), method, target, body)]


async def test_one_statement_and_its_plan(settings: Settings) -> None:
    head, *rest = await lines(settings, "GET", "/users?include=profile&limit=3&fields=username")
    assert head.startswith("-- GET /users?include=profile&limit=3&fields=username: 200")
    assert head.endswith("answered by PostgreSQL itself")
    assert [line for line in rest if line.startswith("\nSELECT")] == [rest[0]]
    assert any("Index Scan using pk_users" in line for line in rest)


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("/contacts", "color is spelt in Python"),
        ("/users?sort=nope", "422"),
        ("/publish", "it is no route of core's"),
    ],
)
async def test_the_ordinary_path_is_said_with_its_reason(
    settings: Settings, target: str, reason: str
) -> None:
    head, *_ = await lines(settings, "GET", target)
    assert "the ordinary path: " in head
    assert reason in head


async def test_queries(settings: Settings) -> None:
    for query, how in (
        ("query($n: Int) { users(limit: $n) { id } }", "answered by PostgreSQL itself"),
        ('{ users { id } __type(name: "User") { name } }', "it asks for the schema"),
    ):
        body = json.dumps({"query": query, "variables": {"n": 2} if "$n" in query else {}})
        head, *rest = await lines(settings, "POST", "/graphql", body.encode())
        assert how in head
        assert any("users" in line for line in rest)


async def test_nothing_is_compiled_where_that_is_switched_off(settings: Settings) -> None:
    off = settings.model_copy(update={"fast_path": False})
    head, *rest = await lines(off, "GET", "/users")
    assert "the ordinary path: it is switched off" in head
    assert any("LIMIT" in line for line in rest)
