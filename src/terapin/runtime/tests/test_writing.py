"""What every resource promises to those who write."""

from __future__ import annotations

from uuid import uuid4

import pytest

from .api import (
    Api,
    content,
    each_relation,
    each_resource,
    hidden,
    key,
    path,
    problem,
    required_references,
    unique_sets,
)
from .service import Relation, Resource, samples


@each_resource
async def test_a_row_from_its_creation_to_its_end(api: Api, resource: Resource) -> None:
    created = await api.post(resource, await api.body(resource))
    assert created.status_code == 201, created.text
    url = created.headers["location"]
    assert url == path(resource, content(created))

    read = await api.client.get(url)
    assert read.content == created.content
    assert read.headers["etag"] == created.headers["etag"]
    assert content(read) in (await api.get(path(resource)))["items"]

    assert (await api.client.delete(url)).status_code == 204
    problem(await api.client.get(url), 404)
    problem(await api.client.delete(url), 404)


@each_resource
async def test_an_update_is_refused_to_those_who_have_not_seen_the_last(
    api: Api, resource: Resource
) -> None:
    row = await api.create(resource)
    url = path(resource, row)
    changes = {
        name: value
        for name, value in samples.payload(resource, 2_000_003).items()
        if name in updatable(resource) and row.get(name) != value
    }
    if not changes:
        pytest.skip("nothing of it can change")
    stale = {"If-Match": (await api.client.get(url)).headers["etag"]}

    for same in ({}, {name: row[name] for name in changes if name in row}):
        unchanged = await api.client.patch(url, json=same, headers=stale)
        assert content(unchanged) == row
        assert unchanged.headers["etag"] == stale["If-Match"]

    updated = await api.client.patch(url, json=changes, headers=stale)
    assert updated.status_code == 200, updated.text
    assert updated.headers["etag"] != stale["If-Match"]
    assert content(updated) == await api.get(url)

    for late in (
        await api.client.patch(url, json=changes, headers=stale),
        await api.client.delete(url, headers=stale),
    ):
        assert problem(late, 412)[0]["header"] == "If-Match"


def updatable(resource: Resource) -> set[str]:
    return {field.alias or name for name, field in resource.update.model_fields.items()}


@each_resource
async def test_what_is_not_understood_is_refused(api: Api, resource: Resource) -> None:
    body = await api.body(resource)
    unknown = problem(await api.post(resource, {**body, "no_such_field": 1}), 422)
    assert [each["pointer"] for each in unknown] == ["/no_such_field"]

    unknown = problem(await api.client.get(path(resource), params={"no_such": "1"}), 422)
    assert [each["parameter"] for each in unknown] == ["no_such"]

    problem(await api.client.get(path(resource), params={"cursor": "no-such-cursor"}), 400)
    problem(await api.client.post(path(resource), content=b"{"), 415)
    as_json = {"Content-Type": "application/json"}
    problem(await api.client.post(path(resource), content=b"{", headers=as_json), 400)


@each_resource
async def test_what_must_be_unique_is_named_where_it_is_taken(api: Api, resource: Resource) -> None:
    for names in unique_sets(resource):
        taken = await api.body(resource)
        created = await api.post(resource, taken)
        assert created.status_code == 201, created.text
        if all(taken.get(name) is not None for name in names):
            body = await api.body(resource)
            conflict = await api.post(resource, body | {name: taken[name] for name in names})
            assert {each["pointer"] for each in problem(conflict, 409)} == pointers(names)


def pointers(names: list[str]) -> set[str]:
    return {f"/{name.replace('~', '~0').replace('/', '~1')}" for name in names}


@each_resource
async def test_a_reference_needs_its_target(api: Api, resource: Resource) -> None:
    for name, target in required_references(resource):
        body = await api.body(resource)
        gone = path(target, {target.key.name: body[name]})
        assert (await api.client.delete(gone)).status_code == 204
        refused = problem(await api.post(resource, body), 409)
        assert {each["pointer"] for each in refused} == pointers([name])


@each_resource
async def test_a_repeated_post_is_answered_and_not_repeated(api: Api, resource: Resource) -> None:
    body, again = await api.body(resource), uuid4().hex
    first = await api.post(resource, body, idempotency_key=again)
    count = (await api.get(path(resource), total=True))["total"]

    second = await api.post(resource, body, idempotency_key=again)
    assert second.content == first.content
    assert second.headers["location"] == first.headers["location"]
    assert (await api.get(path(resource), total=True))["total"] == count

    problem(await api.post(resource, {**body, "other": 1}, idempotency_key=again), 422)


@each_resource
async def test_what_is_hidden_is_in_no_answer(api: Api, resource: Resource) -> None:
    body = await api.body(resource)
    created = await api.post(resource, body)
    listed = await api.client.get(path(resource))
    for name in hidden(resource) & body.keys():
        for row in (content(created), *content(listed)["items"]):
            assert name not in row
        # A short value may stand in an answer by chance.
        if len(str(body[name])) >= 8:
            assert str(body[name]) not in created.text + listed.text
        problem(await api.client.get(path(resource), params={f"{name}__eq": "1"}), 422)
        problem(await api.client.get(path(resource), params={"sort": name}), 422)


@each_relation(linked=True)
async def test_rows_are_linked_and_unlinked(api: Api, relation: Relation) -> None:
    row, other = await api.create(relation.source), await api.create(relation.target)
    related = path(relation.source, row, relation.name)
    link = path(relation.source, row, relation.name, key(relation.target, other))
    for _ in range(2):
        assert (await api.client.put(link)).status_code == 204
        assert len((await api.get(related))["items"]) == 1
    for _ in range(2):
        assert (await api.client.delete(link)).status_code == 204
        assert (await api.get(related))["items"] == []
