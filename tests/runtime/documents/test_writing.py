"""What holds for documents in particular when they are written."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from terapin.runtime.core.documents.rows import Rows
from terapin.runtime.core.errors import Unavailable

from .harness import Api, prepared, serving, settings_for

SAMPLE: dict[str, Any] = {"site": "https://example.org/", "tree": 1}


async def test_changes_at_the_same_time_are_all_made(club: Api) -> None:
    created = await club.post("/samples", **SAMPLE | {"tree": {}})
    url = f"/samples/{created['id']}"
    patches = [club.client.patch(url, json={"tree": {f"k{each}": each}}) for each in range(12)]
    statuses = [each.status_code for each in await asyncio.gather(*patches)]
    assert statuses == [200] * 12
    response = await club.client.get(url)
    assert response.json()["tree"] == {f"k{each}": each for each in range(12)}
    assert response.headers["etag"] == '"13"'


async def test_of_those_who_have_seen_the_same_version_one_changes_it(club: Api) -> None:
    created = await club.post("/samples", **SAMPLE)
    url, seen = f"/samples/{created['id']}", {"If-Match": '"1"'}
    patches = [club.client.patch(url, json={"big": each}, headers=seen) for each in range(8)]
    statuses = [each.status_code for each in await asyncio.gather(*patches)]
    assert sorted(statuses) == [200, *[412] * 7]


@pytest.mark.parametrize(
    ("field", "sent", "kept"),
    [
        ("moment", "2026-11-22T15:57:03.123999+00:00", "2026-11-22T15:57:03.123+00:00"),
        ("moment", "2026-11-22T16:57:03+01:00", "2026-11-22T15:57:03+00:00"),
        ("amount", "1.50", "1.5000000000"),
        ("amount", 2, "2.0000000000"),
        ("amount", "-0", "0.0000000000"),
        ("at", "09:30:00.5", "09:30:00.5"),
        ("span", "PT26H", "P1DT2H"),
        ("data", "AP8=", "AP8="),
        ("big", 2**63 - 1, 2**63 - 1),
        ("ratio", 1, 1.0),
        ("tree", {"$ref": "a", "$id": {"$ref": "b", "$id": 1}, "z": 2}, None),
        ("tree", {"a.b": {"$gt": ""}, "": [], "$x": [{"$ref": "#"}, 1.0, True]}, None),
        ("tree", [2**63 - 1, -(2**63), 1e22, "$a"], None),
        ("tree", {"a": [2**63, -(2**63) - 1, 10**300]}, None),
        ("email", "Ann@Example.org", "ann@example.org"),
        ("phone", "+44 20 7946 0958", "+442079460958"),
        ("address", "::0001", "::1"),
        ("color", "#F00", "#ff0000"),
        ("zone", "Europe/Paris", "Europe/Paris"),
        ("country", "FR", "FR"),
        ("class", "$a.b", "$a.b"),
    ],
)
async def test_what_is_kept_of_a_value(club: Api, field: str, sent: Any, kept: Any) -> None:
    created = await club.post("/samples", **SAMPLE | {field: sent})
    assert created[field] == (sent if kept is None else kept)
    url = f"/samples/{created['id']}"
    assert await club.get(url) == created
    changed = await club.client.patch(url, json={field: sent, "big": 5, "tree": sent})
    assert changed.json()["tree"] == sent
    assert changed.json()["big"] == 5
    assert await club.get(url) == changed.json()


async def test_what_was_read_is_found_by_its_value(club: Api) -> None:
    sent = "2026-11-22T15:57:03.123999+00:00"
    created = await club.post("/samples", **SAMPLE, moment=sent)
    assert await club.items("/samples", moment=created["moment"]) == [created]
    assert await club.items("/samples", moment=sent) == []
    assert await club.items("/samples", moment__lt=sent) == [created]


@pytest.mark.parametrize("operator", ["eq", "in", "contains", "startswith", "lte"])
async def test_an_address_is_found_however_its_letters_are_written(
    club: Api, operator: str
) -> None:
    created = await club.post("/samples", **SAMPLE, email=f"{operator}.ann@example.org")
    filter_ = {f"email__{operator}": created["email"].upper()}
    assert created in await club.items("/samples", **filter_)


async def test_long_texts_are_looked_for_as_short_ones(club: Api) -> None:
    long = "(ä" * 5_000
    created = await club.post("/samples", **SAMPLE, **{"class": f"{long}b"})
    await club.post("/samples", **SAMPLE)
    for parameters, found in (
        ({"class__contains": f"{long}b"}, [created]),
        ({"class__contains": f"{long[1:]}b"}, [created]),
        ({"class__contains": f"{long}c"}, []),
        ({"class__startswith": long}, [created]),
        ({"class__startswith": f"{long[1:]}b"}, []),
    ):
        assert await club.items("/samples", **parameters) == found


async def test_nothing_repeats_what_must_be_unique_but_nulls(club: Api) -> None:
    for code in ("a", "b"):
        await club.post("/labels", code=code, name=f"name of {code}")
    await club.post("/labels", code="c", name="C", alias="c")
    for body, pointers in (
        ({"code": "a", "name": "D"}, ["/code"]),
        ({"code": "d", "name": "C"}, ["/name"]),
        ({"code": "d", "name": "D", "alias": "c"}, ["/alias"]),
    ):
        taken = await club.client.post("/labels", json=body)
        assert taken.status_code == 409
        assert taken.json()["detail"] == "it exists already"
        assert [each["pointer"] for each in taken.json()["errors"]] == pointers
    renamed = await club.client.patch("/labels/a", json={"alias": "c"})
    assert [each["pointer"] for each in renamed.json()["errors"]] == ["/alias"]
    assert (await club.client.patch("/labels/c", json={"alias": None})).status_code == 200
    assert (await club.client.patch("/labels/a", json={"alias": "c"})).status_code == 200

    member = await club.member()
    for _ in range(2):
        await club.activity(member)
    await club.activity(member, slug="s")
    again = await club.client.post("/activities", json={"member_id": member["id"], "slug": "s"})
    assert {each["pointer"] for each in again.json()["errors"]} == {"/member_id", "/slug"}
    assert "combination" in again.json()["errors"][0]["detail"]


async def test_what_is_null_is_not_stored(club: Api) -> None:
    member = await club.member()
    created = await club.activity(member, note="n")
    await club.client.patch(f"/activities/{created['id']}", json={"note": None})
    (document,) = await club.mongodb.database["activities"].find().to_list()
    assert document.keys() == {"_id", "row_version", "member_id", "kind", "cost", "at"}


async def test_a_post_that_is_repeated_meanwhile_waits_for_the_first(club: Api) -> None:
    body, key = {"code": "a", "name": "A"}, {"Idempotency-Key": "k"}
    posts = [club.client.post("/labels", json=body, headers=key) for _ in range(8)]
    responses = await asyncio.gather(*posts)
    assert {each.status_code for each in responses} == {201}
    assert len({each.content for each in responses}) == 1
    replayed = [each for each in responses if "idempotency-replayed" in each.headers]
    assert len(replayed) == 7
    assert len(await club.items("/labels")) == 1


async def test_a_post_that_failed_leaves_its_key_free(club: Api) -> None:
    await club.post("/labels", code="a", name="A")
    key = {"Idempotency-Key": "k"}
    body = {"code": "a", "name": "B"}
    assert (await club.client.post("/labels", json=body, headers=key)).status_code == 409
    assert (await club.client.delete("/labels/a")).status_code == 204
    assert (await club.client.post("/labels", json=body, headers=key)).status_code == 201


async def test_whoever_crashed_gives_its_key_back_with_its_lease(club: Api) -> None:
    keys = club.mongodb.database["idempotency_keys"]
    body, key = {"code": "a", "name": "A"}, {"Idempotency-Key": "k"}
    await club.client.post("/labels", json=body, headers=key)
    crashed = {"$unset": {"status": "", "answer": "", "headers": ""}}
    soon = datetime.now(UTC) + timedelta(seconds=0.4)
    await keys.update_one({}, {**crashed, "$set": {"until": soon}})
    await club.client.delete("/labels/a")

    repeated = asyncio.create_task(club.client.post("/labels", json=body, headers=key))
    await asyncio.sleep(0.2)
    assert not repeated.done()
    response = await repeated
    assert response.status_code == 201
    assert "idempotency-replayed" not in response.headers
    assert datetime.now(UTC) >= soon


async def test_a_key_stands_for_another_request_after_a_day(club: Api) -> None:
    keys = club.mongodb.database["idempotency_keys"]
    key = {"Idempotency-Key": "k"}
    await club.client.post("/labels", json={"code": "a", "name": "A"}, headers=key)
    other = {"code": "b", "name": "B"}
    assert (await club.client.post("/labels", json=other, headers=key)).status_code == 422
    long_ago = datetime.now(UTC) - timedelta(hours=25)
    await keys.update_one({}, {"$set": {"created_at": long_ago}})
    assert (await club.client.post("/labels", json=other, headers=key)).status_code == 201


async def test_those_who_repeat_a_post_leave_the_connections_to_it(
    postgresql: str, mongodb: str
) -> None:
    store = {"pool_max": 2, "acquire_timeout": 0.05}
    given = settings_for(postgresql, mongodb, store=store)
    async with prepared(given) as settings, serving(settings) as club:
        for number in range(5):
            body = {"code": f"c{number}", "name": f"N{number}"}
            headers = {"Idempotency-Key": f"k{number}"}
            posts = [club.client.post("/labels", json=body, headers=headers) for _ in range(30)]
            responses = await asyncio.gather(*posts)
            assert [each.status_code for each in responses] == [201] * 30
            replayed = [each for each in responses if "idempotency-replayed" in each.headers]
            assert len(replayed) == 29


async def test_a_post_whose_outcome_nobody_heard_is_not_done_twice(
    club: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = {"Idempotency-Key": "k"}
    insert = Rows.insert

    async def unheard(rows: Rows[Any], document: dict[str, Any]) -> None:
        monkeypatch.undo()
        await insert(rows, document)
        raise Unavailable

    monkeypatch.setattr(Rows, "insert", unheard)
    first, second, third = [
        await club.client.post("/samples", json=SAMPLE, headers=key) for _ in range(3)
    ]
    assert [each.status_code for each in (first, second, third)] == [503, 201, 201]
    assert third.content == second.content
    assert await club.items("/samples") == [second.json()]


async def test_a_post_that_is_cancelled_gives_its_key_back(
    club: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()

    async def endless(*_: Any) -> None:
        begun.set()
        await asyncio.sleep(60)

    body, key = {"code": "a", "name": "A"}, {"Idempotency-Key": "k"}
    with monkeypatch.context() as patched:
        patched.setattr(Rows, "insert", endless)
        post = asyncio.create_task(club.client.post("/labels", json=body, headers=key))
        await begun.wait()
        post.cancel()
        await asyncio.wait({post})
    async with asyncio.timeout(2):
        assert (await club.client.post("/labels", json=body, headers=key)).status_code == 201
