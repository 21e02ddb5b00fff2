"""A client that knows the service's resources."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import event

from .service import Resource, Statements, resources, samples

Json = dict[str, Any]

# Whether it is the test that asks, and not what the service does at all times.
_asking = ContextVar("asking", default=False)

each_resource = pytest.mark.parametrize(
    "resource", [pytest.param(each, id=each.name) for each in resources]
)


def each_relation(*, linked: bool = False) -> pytest.MarkDecorator:
    """Every relationship, or those between many and many."""
    relations = [
        pytest.param(relation, id=f"{resource.name}-{relation.name}")
        for resource in resources
        for relation in resource.relation.values()
        if relation.secondary is not None or not linked
    ]
    return pytest.mark.parametrize("relation", relations)


class Api:
    def __init__(self, app: FastAPI, client: httpx.AsyncClient) -> None:
        self.app = app
        self.client = client
        self._numbers = itertools.count(1_000)
        self._created: list[str] = []

    async def post(self, resource: Resource, body: Json, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        response = await self.client.post(path(resource), json=body, headers=named)
        if response.status_code == 201:
            self._created.append(response.headers["location"])
        return response

    async def create(self, resource: Resource) -> Json:
        response = await self.post(resource, await self.body(resource))
        assert response.status_code == 201, response.text
        return content(response)

    async def body(self, resource: Resource) -> Json:
        """What can be posted; the rows that it has to refer to are there."""
        body = samples.payload(resource, next(self._numbers))
        for name, target in required_references(resource):
            body[name] = (await self.create(target))[target.key.name]
        return body

    async def get(self, url: str, **parameters: Any) -> Json:
        response = await self.client.get(url, params=parameters)
        assert response.status_code == 200, response.text
        return content(response)

    async def walk(self, url: str, **parameters: Any) -> AsyncIterator[Json]:
        """Every row, by following the cursors."""
        cursor: Json = {}
        while True:
            page = await self.get(url, **parameters, **cursor)
            for item in page["items"]:
                yield item
            if page["next_cursor"] is None:
                return
            cursor = {"cursor": page["next_cursor"]}

    @contextmanager
    def statements(self) -> Iterator[list[Any]]:
        """What the sources are asked inside the block, by the block."""
        asked: list[Any] = []
        with ExitStack() as stack:
            for source in self.app.state.sources:
                stack.enter_context(_noting(source, asked))
            before = _asking.set(True)
            yield asked
            _asking.reset(before)

    async def remove_created(self) -> None:
        while self._created:
            response = await self.client.delete(self._created.pop())
            assert response.status_code in (204, 404), response.text


@contextmanager
def _noting(source: Any, asked: list[Any]) -> Iterator[None]:
    """Statements of a database, calls of everything else."""
    if source.kind != "postgresql":
        call = source.call

        async def noted(work: Any, **options: Any) -> Any:
            if _asking.get():
                asked.append(work)
            return await call(work, **options)

        with patch.object(source, "call", noted):
            yield
        return

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if _asking.get():
            asked.append(statement)

    send = Statements.rows

    async def sent(self: Statements, statement: str, arguments: Sequence[Any]) -> Any:
        if _asking.get():
            asked.append(statement)
        return await send(self, statement, arguments)

    event.listen(source.engine.sync_engine, "before_cursor_execute", note)
    try:
        with patch.object(Statements, "rows", sent):
            yield
    finally:
        event.remove(source.engine.sync_engine, "before_cursor_execute", note)


def path(resource: Resource, row: Json | None = None, *rest: str) -> str:
    """Of all rows, of one, or of something below it."""
    parts = [resource.name, *([] if row is None else [key(resource, row)]), *rest]
    return "".join(f"/{quote(str(part), safe='')}" for part in parts)


def key(resource: Resource, row: Json) -> Any:
    return row[resource.key.name]


def content(response: httpx.Response) -> Json:
    return dict(response.json())


def problem(response: httpx.Response, status: int) -> list[Json]:
    """What is wrong, of an answer that is a problem of this status."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    return list(response.json().get("errors", ()))


def writable(resource: Resource) -> dict[str, str]:
    """The JSON names of what a new row is given, by attribute."""
    return {
        attribute: field.alias or attribute
        for attribute, field in resource.create.model_fields.items()
    }


def hidden(resource: Resource) -> set[str]:
    """The JSON names of what is written and never read."""
    return {*writable(resource).values()} - resource.columns.keys()


def required_references(resource: Resource) -> Iterator[tuple[str, Resource]]:
    """The JSON names of the foreign keys that a new row must have, and what they refer to."""
    names = writable(resource)
    for attribute, target in resource.entity.references.items():
        if attribute in names and not resource.entity.properties[attribute].nullable:
            yield names[attribute], resources[target.model]


def unique_sets(resource: Resource) -> list[list[str]]:
    """The JSON names of what no two rows may share, as far as clients write it."""
    names = writable(resource)
    return [
        [names[attribute] for attribute in attributes]
        for attributes in resource.entity.unique
        if all(attribute in names for attribute in attributes)
    ]
