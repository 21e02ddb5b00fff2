"""Asks the blog by GraphQL."""

from __future__ import annotations

from typing import Any

import httpx

from ..harness import Api, Json


async def send(api: Api, query: str, **variables: Any) -> httpx.Response:
    return await api.client.post("/graphql", json={"query": query, "variables": variables})


async def ask(api: Api, query: str, **variables: Any) -> Json:
    """The data of an answer without errors."""
    response = await send(api, query, **variables)
    assert response.status_code == 200, response.text
    answer = response.json()
    assert "errors" not in answer, answer
    return dict(answer["data"])


async def fail(api: Api, query: str, **variables: Any) -> Json:
    """The only error of an answer."""
    response = await send(api, query, **variables)
    assert response.status_code == 200, response.text
    (error,) = response.json()["errors"]
    return dict(error)
