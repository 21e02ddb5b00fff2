"""The conventions of the HTTP API, as docs/reference/http-api.md states them."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from .blog.settings import Settings
from .harness import Api, Json, serving


def faults(response: httpx.Response, status: int) -> list[Json]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["title"]
    return list(problem.get("errors", []))


async def names(api: Api, **parameters: Any) -> list[str]:
    return [row["username"] for row in (await api.get("/users", **parameters))["items"]]


async def test_filters(api: Api) -> None:
    for name in ("anna", "ben_", "carl"):
        await api.user(username=name, is_active=name != "carl")
    assert await names(api, username="anna") == ["anna"]
    assert await names(api, username__ne="anna", sort="username") == ["ben_", "carl"]
    assert await names(api, username__in=["anna", "carl"], sort="username") == ["anna", "carl"]
    assert await names(api, username__gt="anna", username__lte="ben_") == ["ben_"]
    assert await names(api, username__contains="_") == ["ben_"]
    assert await names(api, username__startswith="car") == ["carl"]
    assert await names(api, is_active="false") == ["carl"]
    assert await names(api, email__startswith="USER1@") == ["anna"]
    assert await names(api, created_at__lt="2020-01-01T00:00:00Z") == []


async def test_filters_know_null(api: Api) -> None:
    for limit in (1, 2, None):
        await api.post("/specimens", tree={}, limit=limit)

    async def limits(**parameters: Any) -> list[Any]:
        page = await api.get("/specimens", sort="limit", **parameters)
        return [row["limit"] for row in page["items"]]

    assert await limits(limit__ne=1) == [2, None]
    assert await limits(limit__isnull=True) == [None]
    assert await limits(limit__isnull=False) == [1, 2]


async def test_reserved_names_win_and_the_field_is_reached_by_eq(api: Api) -> None:
    for limit in (1, 2):
        await api.post("/specimens", tree={}, limit=limit, **{"class": "x"})
    page = await api.get("/specimens", limit=1)
    assert len(page["items"]) == 1
    page = await api.get("/specimens", limit__eq=2)
    assert [row["limit"] for row in page["items"]] == [2]
    assert len((await api.get("/specimens", **{"class": "x"}))["items"]) == 2


@pytest.mark.parametrize(
    ("query", "parameter", "said"),
    [
        ("usernam=x", "usernam", "did you mean username?"),
        ("username__like=x", "username__like", "unknown parameter"),
        ("password_hash=x", "password_hash", "unknown parameter"),
        ("sort=password_hash", "sort", "is unknown"),
        ("fields=password_hash", "fields", "is unknown"),
        ("sort=-usernam", "sort", "did you mean username?"),
        ("include=post", "include", "did you mean posts?"),
        ("include=posts.author.posts.author.posts", "include", "at most 4"),
        ("limit=0", "limit", "from 1 to 200"),
        ("limit=201", "limit", "from 1 to 200"),
        ("limit=99999999999999999999", "limit", "from 1 to 200"),
        ("limit=1&limit=2", "limit", "more than once"),
        ("username=a&username=b", "username", "more than once"),
        ("is_active=maybe", "is_active", "must be true or false"),
        ("id=1", "id", "valid UUID"),
        ("username=%00", "username", "match pattern"),
        ("total=x", "total", "must be true or false"),
    ],
)
async def test_what_a_list_does_not_understand(
    api: Api, query: str, parameter: str, said: str
) -> None:
    [fault] = faults(await api.client.get(f"/users?{query}"), 422)
    assert fault["parameter"] == parameter
    assert said in fault["detail"]


async def test_everything_wrong_is_told_at_once(api: Api) -> None:
    told = faults(await api.client.get("/users?limit=0&sort=x&nope=1&id=2"), 422)
    assert {each["parameter"] for each in told} == {"limit", "sort", "nope", "id"}


async def test_pages_and_their_link(api: Api) -> None:
    users = [await api.user() for _ in range(5)]
    response = await api.client.get("/users?limit=2&sort=-username&total=true")
    page = response.json()
    assert page["total"] == 5
    link = response.headers["link"]
    assert link.startswith("</users?")
    assert link.endswith('; rel="next"')
    second = await api.client.get(link[1 : link.index(">")])
    wanted = sorted((user["username"] for user in users), reverse=True)
    assert [row["username"] for row in (page["items"] + second.json()["items"])] == wanted[:4]


@pytest.mark.parametrize("cursor", ["x", "", "é", "W10", "bnVsbA", "AAAA", "e30"])
async def test_a_cursor_that_is_none(api: Api, cursor: str) -> None:
    [fault] = faults(await api.client.get("/users", params={"cursor": cursor}), 400)
    assert fault["parameter"] == "cursor"


async def test_a_cursor_belongs_to_rows_of_one_kind_in_one_order(api: Api) -> None:
    user = await api.user()
    for _ in range(3):
        await api.article(user)
    cursor = (await api.get("/posts", limit=1, sort="title"))["next_cursor"]
    for url in ("/posts", "/posts?sort=-title", "/users", f"/users/{user['id']}/posts"):
        faults(await api.client.get(url, params={"cursor": cursor}), 400)
    tampered = cursor[:-4] + ("AAAA" if cursor[-4:] != "AAAA" else "BBBB")
    faults(await api.client.get("/posts?sort=title", params={"cursor": tampered}), 400)
    assert len((await api.get("/posts", sort="title", cursor=cursor))["items"]) == 2


async def test_including_and_embedding(api: Api) -> None:
    ann, ben = await api.user(), await api.user()
    post = await api.article(ann)
    tag = await api.post("/tags", name="t")
    assert post["tags"] == {"items": [], "next_cursor": None}
    await api.client.put(f"/posts/{post['id']}/tags/{tag['id']}")
    comment = await api.post("/comments", body="c", post_id=post["id"], user_id=ben["id"])

    page = await api.get("/users", include="posts.comments.author,profile", sort="username")
    first = page["items"][0]
    assert first["profile"] is None
    embedded = first["posts"]["items"][0]
    assert embedded["tags"]["items"] == [tag]
    assert embedded["comments"]["items"][0]["author"]["id"] == ben["id"]
    assert embedded["comments"]["items"][0]["id"] == comment["id"]
    assert page["items"][1]["posts"] == {"items": [], "next_cursor": None}

    one = await api.get(f"/posts/{post['id']}", fields="title,author")
    assert one.keys() == {"id", "title", "author"}
    assert one["author"]["username"] == ann["username"]
    assert "password_hash" not in one["author"]


async def test_a_long_relation_is_embedded_in_part_and_goes_on_at_its_path(api: Api) -> None:
    user = await api.user()
    await api.execute(
        "INSERT INTO posts (id, title, slug, body, status, price, user_id)"
        " SELECT gen_random_uuid(), 't', 's' || n, 'b', 'draft', 0, :user"
        " FROM generate_series(1, 130) n",
        user=user["id"],
    )
    posts = (await api.get(f"/users/{user['id']}", include="posts"))["posts"]
    assert len(posts["items"]) == 100
    rest = await api.get(f"/users/{user['id']}/posts", cursor=posts["next_cursor"])
    seen = {row["id"] for row in posts["items"] + rest["items"]}
    assert len(seen) == 130
    assert rest["next_cursor"] is None


@pytest.mark.parametrize(("fast", "statements"), [(True, 1), (False, 6)])
async def test_the_number_of_statements_does_not_depend_on_the_number_of_rows(
    settings: Settings, fast: bool, statements: int
) -> None:
    counts = []
    async with serving(settings.model_copy(update={"fast_path": fast})) as api:
        for _ in range(2):
            for _ in range(10):
                post = await api.article(await api.user())
                said = {"body": "c", "post_id": post["id"], "user_id": post["user_id"]}
                await api.post("/comments", **said)
            with api.statements() as sent:
                await api.get("/users", limit=100, include="posts.comments.author,profile")
            counts.append(len(sent))
    assert counts == [statements, statements]


async def test_etags(api: Api) -> None:
    tag = await api.client.post("/tags", json={"name": "a"})
    url, first = tag.headers["location"], tag.headers["etag"]
    assert (await api.client.get(url, headers={"If-None-Match": first})).status_code == 304
    assert (await api.client.get(url, headers={"If-None-Match": "*"})).status_code == 304
    weak = await api.client.get(url, headers={"If-None-Match": f'"x", W/{first}'})
    assert weak.status_code == 304
    embedding = await api.client.get(f"{url}?include=posts", headers={"If-None-Match": first})
    assert embedding.status_code == 200

    patched = await api.client.patch(url, json={"name": "b"}, headers={"If-Match": first})
    second = patched.headers["etag"]
    assert second != first
    assert (await api.client.get(url, headers={"If-None-Match": first})).status_code == 200
    for stale in (first, f"W/{second}", '"x"'):
        for method in ("PATCH", "DELETE"):
            content = b'{"name": "c"}' if method == "PATCH" else b""
            headers = {"If-Match": stale, "Content-Type": "application/json"}
            answer = await api.client.request(method, url, content=content, headers=headers)
            assert faults(answer, 412)[0]["header"] == "If-Match"
    for malformed in ("2", '"2', "", '"2" "3"'):
        answer = await api.client.delete(url, headers={"If-Match": malformed})
        assert faults(answer, 400)[0]["header"] == "If-Match"
    several = await api.client.patch(
        url, json={"name": "c"}, headers={"If-Match": f'"77", {second}'}
    )
    assert several.status_code == 200
    assert (await api.client.delete(url, headers={"If-Match": "*"})).status_code == 204


async def test_of_two_updates_of_one_version_one_is_lost_in_the_open(api: Api) -> None:
    tag = await api.client.post("/tags", json={"name": "a"})
    url, headers = tag.headers["location"], {"If-Match": tag.headers["etag"]}
    answers = await asyncio.gather(
        *(api.client.patch(url, json={"name": f"n{n}"}, headers=headers) for n in range(5))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]


async def test_merge_patch(api: Api) -> None:
    post = await api.article(await api.user(), meta={"a": {"b": 1, "c": 2}, "d": [1]})
    url = f"/posts/{post['id']}"
    merge = {"Content-Type": "application/merge-patch+json"}
    patch = b'{"meta": {"a": {"b": null, "e": 3}}, "published_on": "2026-01-02"}'
    merged = (await api.client.patch(url, content=patch, headers=merge)).json()
    assert merged["meta"] == {"a": {"c": 2, "e": 3}, "d": [1]}
    assert merged["published_on"] == "2026-01-02"
    emptied = (await api.client.patch(url, json={"meta": None, "published_on": None})).json()
    assert (emptied["meta"], emptied["published_on"]) == (None, None)
    [fault] = faults(await api.client.patch(url, json={"title": None}), 422)
    assert fault["pointer"] == "/title"
    faults(await api.client.patch(url, json=[]), 422)


async def test_a_patch_of_json_tells_true_from_one(api: Api) -> None:
    post = await api.article(await api.user(), meta={"a": 1, "b": 0})
    url = f"/posts/{post['id']}"
    patched = await api.client.patch(url, json={"meta": {"a": True, "b": 0.0}})
    assert patched.headers["etag"] == '"2"'
    stored = (await api.get(url))["meta"]
    assert stored == patched.json()["meta"]
    assert stored["a"] is True


async def test_what_the_database_refuses_is_told_by_the_name_of_the_field(api: Api) -> None:
    user = await api.user()
    body = {"email": user["email"].upper(), "username": "other", "password_hash": "x"}
    [fault] = faults(await api.client.post("/users", json=body), 409)
    assert fault == {"pointer": "/email", "detail": "is taken"}

    post = await api.article(user, slug="s")
    again = {"title": "T", "slug": "s", "body": "B", "user_id": user["id"]}
    told = faults(await api.client.post("/posts", json=again), 409)
    assert {each["pointer"] for each in told} == {"/user_id", "/slug"}

    missing = {**again, "user_id": str(uuid4())}
    [fault] = faults(await api.client.post("/posts", json=missing), 409)
    assert fault["pointer"] == "/user_id"
    [fault] = faults(
        await api.client.patch(f"/posts/{post['id']}", json={"user_id": str(uuid4())}), 409
    )
    assert fault["pointer"] == "/user_id"

    first = await api.post("/specimens", tree={})
    await api.post("/specimens", tree={}, other_id=first["id"])
    used = await api.client.delete(f"/specimens/{first['id']}")
    faults(used, 409)
    assert used.json()["detail"] == "specimens still refer to it"


async def test_a_body_is_told_where_it_is_wrong(api: Api) -> None:
    body = {"username": "A", "email": "x", "password_hash": 1, "id": "y", "a/b~c": 1}
    told = faults(await api.client.post("/users", json=body), 422)
    pointers = {each["pointer"] for each in told}
    assert pointers == {"/username", "/email", "/password_hash", "/id", "/a~1b~0c"}
    secret = faults(await api.client.post("/users", json={"password_hash": ["hunter2"]}), 422)
    assert "hunter2" not in str(secret)


async def test_only_json_is_read(api: Api) -> None:
    for headers in ({}, {"Content-Type": "text/plain"}, {"Content-Type": "application/xml"}):
        answer = await api.client.post("/tags", content=b'{"name": "x"}', headers=headers)
        assert faults(answer, 415)[0]["header"] == "Content-Type"
    charset = {"Content-Type": "application/json; charset=utf-8"}
    good = await api.client.post("/tags", content=b'{"name": "x"}', headers=charset)
    assert good.status_code == 201


async def test_keys_and_paths(api: Api) -> None:
    assert faults(await api.client.get("/users/1"), 422)[0]["parameter"] == "user_id"
    assert faults(await api.client.get("/tags/99999999999"), 422)[0]["parameter"] == "tag_id"
    faults(await api.client.get(f"/users/{uuid4()}"), 404)
    faults(await api.client.get(f"/users/{uuid4()}/posts"), 404)
    faults(await api.client.get("/nothing"), 404)
    answer = await api.client.put("/users")
    faults(answer, 405)
    assert answer.headers["allow"] == "GET, POST"


async def test_relations_to_one(api: Api) -> None:
    user = await api.user()
    url = f"/users/{user['id']}/profile"
    faults(await api.client.get(url), 404)
    profile = await api.post("/profiles", display_name="A", user_id=user["id"])
    assert await api.get(url) == profile
    assert (await api.get(f"/profiles/{profile['id']}/user"))["id"] == user["id"]
    post = await api.article(user)
    comment = await api.post("/comments", body="c", post_id=post["id"], user_id=user["id"])
    faults(await api.client.get(f"/comments/{comment['id']}/parent"), 404)


async def test_rows_that_share_others_are_not_repeated_without_end(api: Api) -> None:
    user = await api.user()
    await api.execute(
        "INSERT INTO posts (id, title, slug, body, status, price, user_id)"
        " SELECT gen_random_uuid(), 't', 's' || n, 'b', 'draft', 0, :user"
        " FROM generate_series(1, 14) n",
        user=user["id"],
    )
    await api.execute("INSERT INTO tags (name) SELECT 't' || n FROM generate_series(1, 14) n")
    await api.execute(
        "INSERT INTO post_tags (post_id, tag_id) SELECT p.id, t.id FROM posts p, tags t"
    )
    response = await api.client.get("/posts", params={"include": "tags.posts.tags.posts"})
    assert faults(response, 422)[0]["parameter"] == "include"
    assert len((await api.get("/posts", include="tags"))["items"][0]["tags"]["items"]) == 14


async def test_links(api: Api) -> None:
    post, tag = await api.article(await api.user()), await api.post("/tags", name="t")
    url = f"/posts/{post['id']}/tags"
    for _ in range(2):
        assert (await api.client.put(f"{url}/{tag['id']}")).status_code == 204
    assert (await api.get(url, total=True))["total"] == 1
    assert (await api.get(f"/tags/{tag['id']}/posts"))["items"][0]["id"] == post["id"]
    faults(await api.client.put(f"{url}/77"), 404)
    assert faults(await api.client.put(f"{url}/x"), 422)[0]["parameter"] == "target_id"
    for _ in range(2):
        assert (await api.client.delete(f"{url}/{tag['id']}")).status_code == 204
    assert (await api.get(url))["items"] == []


async def test_a_repeated_post_is_answered_as_the_first(api: Api) -> None:
    headers = {"Idempotency-Key": "k1"}
    first = await api.client.post("/tags", json={"name": "a"}, headers=headers)
    again = await api.client.post("/tags", json={"name": "a"}, headers=headers)
    assert again.status_code == 201
    assert again.content == first.content
    for header in ("location", "etag", "content-type"):
        assert again.headers[header] == first.headers[header]
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers

    other = await api.client.post("/tags", json={"name": "b"}, headers=headers)
    assert faults(other, 422)[0]["header"] == "Idempotency-Key"
    for bad in (b"x" * 256, b"", "é".encode()):
        answer = await api.client.post(
            "/tags", json={"name": "c"}, headers={b"Idempotency-Key": bad}
        )
        assert faults(answer, 400)[0]["header"] == "Idempotency-Key"


async def test_concurrent_repetitions_wait_for_the_first(api: Api) -> None:
    headers = {"Idempotency-Key": "k"}
    answers = await asyncio.gather(
        *(api.client.post("/tags", json={"name": "a"}, headers=headers) for _ in range(5))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert (await api.get("/tags", total=True))["total"] == 1


async def test_a_failed_post_leaves_its_key_free(api: Api) -> None:
    await api.post("/tags", name="a")
    headers = {"Idempotency-Key": "k"}
    faults(await api.client.post("/tags", json={"name": "a"}, headers=headers), 409)
    retried = await api.client.post("/tags", json={"name": "b"}, headers=headers)
    assert retried.status_code == 201


async def test_keys_end_after_a_day_and_are_removed(api: Api) -> None:
    for n in range(30):
        headers = {"Idempotency-Key": f"k{n}"}
        await api.client.post("/tags", json={"name": f"{n}"}, headers=headers)
    await api.execute("UPDATE idempotency_keys SET created_at = now() - interval '25 hours'")
    reused = await api.client.post("/tags", json={"name": "x"}, headers={"Idempotency-Key": "k0"})
    assert reused.status_code == 201
    assert "idempotency-replayed" not in reused.headers
    await api.client.post("/tags", json={"name": "y"}, headers={"Idempotency-Key": "new"})
    async with api.database.engine.connect() as connection:
        left = (await connection.exec_driver_sql("SELECT key FROM idempotency_keys")).scalars()
        assert set(left) == {"k0", "new"}


async def test_a_declared_endpoint_joins_in(api: Api) -> None:
    post = await api.article(await api.user())
    published = await api.client.post(f"/posts/{post['id']}/publish?on=2026-02-03")
    assert published.json()["status"] == "published"
    assert (await api.get(f"/posts/{post['id']}"))["published_on"] == "2026-02-03"
    faults(await api.client.post(f"/posts/{uuid4()}/publish"), 404)
    [fault] = faults(await api.client.post(f"/posts/{post['id']}/publish?on=0"), 422)
    assert fault["parameter"] == "on"


async def test_times_of_a_created_row_are_those_of_the_row(api: Api) -> None:
    post = await api.article(await api.user(), price="1.5")
    assert post["price"] == "1.50"
    assert post == await api.get(f"/posts/{post['id']}")


async def test_a_body_has_a_size(api: Api) -> None:
    content = b'{"name": "' + b"x" * 1_100_000 + b'"}'
    headers = {"Content-Type": "application/json"}
    faults(await api.client.post("/tags", content=content, headers=headers), 413)

    async def chunks() -> Any:
        for _ in range(20):
            yield b"x" * 100_000

    faults(await api.client.post("/tags", content=chunks(), headers=headers), 413)


async def test_requests_have_names_and_answers_are_not_sniffed(api: Api) -> None:
    given = await api.client.get("/tags", headers={"X-Request-ID": "abcd-1234"})
    assert given.headers["x-request-id"] == "abcd-1234"
    assert given.headers["x-content-type-options"] == "nosniff"
    made = await api.client.get("/tags", headers={"X-Request-ID": "a b\n"})
    assert len(made.headers["x-request-id"]) == 32


async def test_health_and_metrics(api: Api) -> None:
    assert (await api.client.get("/health/live")).json() == {"status": "alive"}
    ready = (await api.client.get("/health/ready")).json()
    assert ready["status"] == "ready"
    assert ready["sources"]["database"]["latency_ms"] >= 0
    await api.client.get("/users/1")
    measured = (await api.client.get("/metrics")).text
    assert 'http_requests_total{method="GET",route="/users/{user_id}",status="422"} 1.0' in measured
    assert 'source_connections_used{source="database"} 0.0' in measured
