"""GraphQL over HTTP, and what of it production does not tell."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import Any

import pytest

from ..blog.graphql import schema
from ..blog.settings import Settings
from ..harness import Api, serving
from .asking import ask, fail, send

GRAPHQL = "application/graphql-response+json"


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}; charset=utf-8, application/json;q=0.9", GRAPHQL),
    ],
)
async def test_answers_in_the_type_that_is_accepted(
    api: Api, accept: str | None, answered: str
) -> None:
    headers = {"accept": accept} if accept else {}
    response = await api.client.post("/graphql", json={"query": "{ tags { id } }"}, headers=headers)
    assert response.status_code == 200
    assert response.headers["content-type"] == answered


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"query": "{ tags { id } }"}, 200),
        (
            {
                "query": '{ post(id: "00000000-0000-0000-0000-000000000000") { id } tags(limit: 0) { id } }'
            },
            200,
        ),
        ({"query": "{"}, 400),
        ({"query": "{ nothing }"}, 400),
        ({"query": "query a { tags { id } } query b { tags { id } }"}, 400),
        ({"query": "query($n: Int!) { tags(limit: $n) { id } }"}, 400),
    ],
)
async def test_the_status_tells_whether_it_was_executed(api: Api, body: Any, status: int) -> None:
    """In the newer type; the older has 200 for whatever is well-formed."""
    response = await api.client.post("/graphql", json=body, headers={"accept": GRAPHQL})
    assert response.status_code == status, response.text
    assert ("data" in response.json()) is (status == 200)
    response = await api.client.post("/graphql", json=body)
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 400),
        (
            {"content": b'{"query": "{ tags { id } }"}', "headers": {"content-type": "text/plain"}},
            415,
        ),
        ({"data": {"query": "{ tags { id } }"}}, 415),
        ({"json": {}}, 400),
        ({"json": 5}, 400),
        ({"json": {"query": 5}}, 400),
        ({"json": {"query": "{ tags { id } }", "variables": []}}, 400),
        ({"json": {"query": "{ tags { id } }"}, "headers": {"accept": "text/html"}}, 406),
    ],
)
async def test_what_is_no_request_is_a_problem(api: Api, request_: Any, status: int) -> None:
    response = await api.client.post("/graphql", **request_)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"query": "{ tags { id } }"}, 200),
        ({"query": "query($n: Int!) { tags(limit: $n) { id } }", "variables": '{"n": 1}'}, 200),
        ({"query": "query A { tags { id } } mutation B { deleteTag(id: 1) }", "operationName": "A"}, 200),
        ({"query": "{ nothing }"}, 400),
        ({"query": "{ tags { id } }", "variables": "[]"}, 400),
        ({"query": "{ tags { id } }", "extensions": "{"}, 400),
        ({"variables": "{}"}, 400),
        ({"query": "mutation { deleteTag(id: 1) }"}, 405),
        ({"query": "query A { tags { id } } mutation B { deleteTag(id: 1) }", "operationName": "B"}, 405),
    ],
)  # fmt: skip
async def test_get_reads(api: Api, query: dict[str, str], status: int) -> None:
    response = await api.client.get("/graphql", params=query, headers={"accept": GRAPHQL})
    assert response.status_code == status, response.text
    if status == 200:
        assert response.json()["data"]
    if status == 405:
        assert response.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "url", ["/graphql?query=%ff", "/graphql?variables=1&query=a", "/graphql?x"]
)
async def test_what_is_no_url_of_a_query_is_a_problem(api: Api, url: str) -> None:
    response = await api.client.get(url)
    assert response.status_code == 400, response.text
    assert response.headers["content-type"] == "application/problem+json"


async def test_an_operation_is_chosen_by_its_name(api: Api) -> None:
    query = "query a { a: tags { id } } query b { b: tags { id } }"
    response = await api.client.post("/graphql", json={"query": query, "operationName": "b"})
    assert response.json() == {"data": {"b": []}}


async def test_graphiql_needs_nothing_from_elsewhere(api: Api) -> None:
    page = await api.client.get("/graphql")
    assert page.status_code == 200
    links = [part.split('"')[0] for part in page.text.split('="')[1:] if part.startswith("/")]
    assert len(links) == 4
    assert "//" not in page.text.replace("<!doctype", "")
    for link in links:
        assert (await api.client.get(link)).status_code == 200


async def test_production_does_not_show_its_schema(settings: Settings) -> None:
    async with serving(settings.model_copy(update={"environment": "production"})) as api:
        for query in ("{ __schema { types { name } } }", '{ __type(name: "Post") { name } }'):
            refused = await send(api, query)
            assert "introspection" in refused.text
            assert "data" not in refused.json()
        message = (await fail(api, "{ users { usernam } }"))["message"]
        assert message == "Cannot query field 'usernam' on type 'User'."
        query = "query($o: [UserOrder!]) { users(orderBy: $o) { id } }"
        wrong = await send(api, query, o=[{"usernam": "ASC"}])
        assert "usernam" in wrong.text
        assert "Did you mean" not in wrong.text
        assert (await api.client.get("/graphql")).status_code == 400
        assert (await ask(api, "{ __typename }"))["__typename"] == "Query"


async def test_what_the_ontology_says_of_a_field_stands_wherever_it_is_asked_for(api: Api) -> None:
    for kind, fields in (
        ("Post", "fields"),
        *(
            (f"Post{each}", "inputFields")
            for each in ("Where", "Order", "CreateInput", "UpdateInput")
        ),
    ):
        query = f'{{ __type(name: "{kind}") {{ {fields} {{ name description }} }} }}'
        shown = (await ask(api, query))["__type"][fields]
        said = {each["name"]: each["description"] for each in shown}
        assert said["price"] == "What reading it costs", kind
        assert said["title"] is None


async def test_development_helps(api: Api) -> None:
    assert (await ask(api, '{ __type(name: "Post") { description } }'))["__type"] == {
        "description": "An article."
    }
    assert "Did you mean" in (await fail(api, "{ users { usernam } }"))["message"]


async def test_what_nobody_expected_is_logged_and_masked(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    await api.execute("ALTER TABLE tags RENAME TO secret_of_the_inside")
    with caplog.at_level(logging.ERROR):
        response = await send(api, "{ tags { id } }")
    name = response.headers["x-request-id"]
    (error,) = response.json()["errors"]
    assert error["message"] == f"something went wrong; it was logged as {name}"
    assert error["path"] == ["tags"]
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "status": 500}
    assert 'relation "tags" does not exist' in caplog.text


async def test_what_one_field_breaks_is_nobody_elses(api: Api) -> None:
    """A list that cannot be null takes its neighbours along, in the middle of their statements."""
    await api.article(await api.user())
    broken = "{ users(limit: 5) { posts { author { username } } } posts { author { username } } tags(limit: 0) { id } }"
    for _ in range(5):
        error = await fail(api, broken)
        assert error["path"] == ["tags"]
    pool = api.database.pool()
    assert pool.used == 0
    await ask(api, "{ users(limit: 5) { posts { author { username } } } }")


async def test_reads_are_done_again_when_the_database_lost_them(api: Api) -> None:
    await ask(api, "{ tags { id } }")
    await api.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await ask(api, "{ tags { id } users { posts { id } } }")


TAGS = "query Tags { tags { id } }\n"


async def trusting(
    settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch, *, only: bool
) -> Settings:
    (folder / "tags.graphql").write_text(TAGS)
    (folder / "more.json").write_text('{"x": "{ users { id } }"}')
    monkeypatch.setattr(schema, "documents", folder)
    graphql = settings.graphql.model_copy(update={"trusted_documents": only})
    return settings.model_copy(update={"graphql": graphql})


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


async def test_only_trusted_documents_are_answered(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(await trusting(settings, tmp_path, monkeypatch, only=True)) as api:
        persisted = {"persistedQuery": {"version": 1, "sha256Hash": digest(TAGS)}}
        for body in (
            {"documentId": digest(TAGS)},
            {"documentId": f"sha256:{digest(TAGS.strip())}"},
            {"extensions": persisted},
            {"query": TAGS},
            {"query": "{ users { id } }"},
        ):
            response = await api.client.post("/graphql", json=body)
            assert "data" in response.json(), response.text
        for body in ({"query": "{ tags { name } }"}, {"documentId": digest("x")}):
            response = await api.client.post("/graphql", json=body)
            (error,) = response.json()["errors"]
            assert error["extensions"] == {"code": "UNKNOWN_DOCUMENT"}


async def test_known_documents_can_be_named_without_being_the_only_ones(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(await trusting(settings, tmp_path, monkeypatch, only=False)) as api:
        await ask(api, "{ tags { name } }")
        response = await api.client.post("/graphql", json={"documentId": digest(TAGS)})
        assert response.json() == {"data": {"tags": []}}
        unknown = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest("x")}}}
        response = await api.client.post("/graphql", json=unknown)
        assert response.json()["errors"][0]["message"] == "PersistedQueryNotFound"
        wrong = {"query": "{ users { username } }", **unknown}
        response = await api.client.post("/graphql", json=wrong)
        assert "SHA-256" in response.json()["errors"][0]["message"]
