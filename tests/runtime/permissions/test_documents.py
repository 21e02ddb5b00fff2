"""The same of documents: conditions go into the filters that MongoDB is asked by."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import create_async_engine

from terapin.runtime.core.application import install, lifespan
from terapin.runtime.core.graphql.endpoint import install_graphql
from terapin.runtime.core.graphql.settings import GraphqlSettings
from terapin.runtime.core.realtime.channels import Realtime
from terapin.runtime.core.realtime.settings import RealtimeSettings
from terapin.runtime.core.realtime.streamed import streamed_of
from terapin.runtime.core.security.authentication import Security
from terapin.runtime.core.security.policy import Asking, Condition, Policy, all_of, any_of
from terapin.runtime.core.security.subject import ANONYMOUS, Subject
from terapin.runtime.core.security.table import keys as api_keys
from terapin.runtime.core.security.table import revoked

from ..documents.club.endpoints import resources, routers
from ..documents.club.models import Activity, Member, Remark
from ..documents.club.models.activity import ActivityKind
from ..documents.club.settings import Settings
from ..documents.club.sources import sources
from ..documents.conftest import mongodb, postgresql
from ..documents.harness import prepared, settings_for
from ..documents.test_graphql import schema
from ..harness import Json
from ..realtime.listening import listening, quiet
from ..security.guarded import security
from .rules import Who

__all__ = ["mongodb", "postgresql"]

ADMIN = Who("admin", uuid4(), frozenset({"admin"}))
STRANGER = Who("stranger")


class ActivityPolicy(Policy[Activity]):
    def read(self, subject: Asking) -> Condition:
        return any_of(
            subject.has_role("admin"),
            Activity.kind == ActivityKind.SWIM,
            Activity.member_id == subject.id,
        )

    def create(self, subject: Asking) -> Condition:
        return any_of(subject.has_role("admin"), Activity.member_id == subject.id)

    def update(self, subject: Asking) -> Condition:
        return any_of(all_of(Activity.member_id == subject.id, Activity.kind != ActivityKind.REST))

    def delete(self, subject: Asking) -> Condition:
        return any_of(Activity.member_id == subject.id)

    def read_note(self, subject: Asking) -> Condition:
        return any_of(Activity.member_id == subject.id)

    def update_score(self, subject: Asking) -> Condition:
        return subject.has_role("admin")


class MemberPolicy(Policy[Member]):
    def read(self, subject: Asking) -> Condition:
        return any_of(subject.has_role("admin"), Member.id == subject.id)

    def create(self, subject: Asking) -> Condition:
        return True


class RemarkPolicy(Policy[Remark]):
    def read(self, subject: Asking) -> Condition:
        return True

    def create(self, subject: Asking) -> Condition:
        return subject.is_authenticated


class ToldSettings(Settings):
    graphql: GraphqlSettings = GraphqlSettings()
    realtime: RealtimeSettings = RealtimeSettings()


class Club:
    def __init__(self, app: FastAPI, client: httpx.AsyncClient) -> None:
        self.app = app
        self.client = client
        self.rows: dict[str, Json] = {}

    async def ask(self, who: Who, method: str, path: str, **body: Any) -> httpx.Response:
        options: Json = {"json": body} if body else {}
        answer = await self.client.request(method, path, headers=who.headers, **options)
        for key, row in self.rows.items():
            if f"note of {key}" in answer.text:
                assert str(who.id) == row["member_id"], path
        return answer


@pytest.fixture
async def club(postgresql: str, mongodb: str) -> AsyncIterator[Club]:
    guarded: dict[type[Any], type[Policy[Any]]] = {
        Activity: ActivityPolicy,
        Member: MemberPolicy,
        Remark: RemarkPolicy,
    }
    for model, policy in guarded.items():
        resources[model].service.guard = policy.guarding(resources[model])
    try:
        async with (
            prepared(settings_for(postgresql, mongodb)) as settings,
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app := await _app(settings)),
                base_url="http://club.test",
            ) as client,
            app.router.lifespan_context(app),
        ):
            yield Club(app, client)
    finally:
        for model in guarded:
            del resources[model].service.guard


async def _app(settings: Settings) -> FastAPI:
    engine = create_async_engine(settings.database.sqlalchemy_url, poolclass=NullPool)
    async with engine.begin() as connection:
        for table in (revoked, api_keys):
            await connection.run_sync(table.create, checkfirst=True)
    await engine.dispose()
    guard = Security(security())
    realtime = Realtime(())
    app = FastAPI(lifespan=lifespan(settings, sources, security=guard, realtime=realtime))
    install(app, ToldSettings(**settings.model_dump()), resources, guard)
    streamed_of(app).add(resources[Activity])
    for router in routers:
        app.include_router(router)
    install_graphql(app, schema)
    return app


async def member(club: Club, name: str) -> Who:
    mail = f"{name}@example.org"
    made = await club.ask(STRANGER, "POST", "/members", email=mail, name=name)
    assert made.status_code == 201
    return Who(name, made.json()["id"])


async def activity(club: Club, who: Who, kind: ActivityKind) -> str:
    made = await club.ask(who, "POST", "/activities", member_id=str(who.id), kind=kind)
    assert made.status_code == 201, made.text
    row: Json = made.json()
    noted = {"note": f"note of {row['id']}"}
    club.rows[row["id"]] = row
    if kind is not ActivityKind.REST:
        changed = await club.ask(who, "PATCH", f"/activities/{row['id']}", **noted)
        assert (changed.status_code, changed.json()["note"]) == (200, noted["note"])
    return str(row["id"])


async def test_documents(club: Club) -> None:
    one, other = await member(club, "one"), await member(club, "other")
    for who in (one, other):
        for kind in ActivityKind:
            await activity(club, who, kind)
    subjects = (STRANGER, one, other, ADMIN, Who("alice", sub="alice"))
    for who in subjects:
        readable = {key for key, row in club.rows.items() if reads(who, row)}
        page = (await club.ask(who, "GET", "/activities?total=true&include=member,remarks")).json()
        assert {row["id"] for row in page["items"]} == readable
        assert page["total"] == len(readable)
        for row in page["items"]:
            mine = row["member_id"] == str(who.id)
            assert (row["note"] is not None) == (mine and row["kind"] != "rest")
            assert (row["member"] is not None) == (mine or who is ADMIN)
        for parameters in ("sort=note", "note__isnull=true"):
            refused = await club.ask(who, "GET", f"/activities?{parameters}")
            assert refused.status_code == 403
        for key, row in club.rows.items():
            path = f"/activities/{key}"
            mine = row["member_id"] == str(who.id)
            seen = await club.ask(who, "GET", path)
            assert seen.status_code == (200 if key in readable else 404)
            there = 404 if key not in readable else 403
            changes: tuple[tuple[Json, bool], ...] = (
                ({"slug": f"s{key[:8]}"}, mine and row["kind"] != "rest"),
                # Which nobody may change afterwards.
                ({"kind": "rest"}, False),
                ({"score": 7}, False),
                ({"member_id": str(one.id if who is other else other.id)}, False),
            )
            for change, allowed in changes:
                answer = await club.ask(who, "PATCH", path, **change)
                refusal = 401 if who is STRANGER else there
                hidden = "member_id" in change and mine and row["kind"] != "rest"
                expected = 409 if hidden else refusal
                assert answer.status_code == (200 if allowed else expected), (who.name, change)
            if not mine:
                answer = await club.ask(who, "DELETE", path)
                assert answer.status_code == (401 if who is STRANGER else there)
            if who.is_known:
                said = await club.ask(who, "POST", "/remarks", text="R", activity_id=key)
                assert said.status_code == (201 if key in readable else 409)
                if key not in readable:
                    unknown = str(uuid4())
                    nothing = await club.ask(who, "POST", "/remarks", text="R", activity_id=unknown)
                    assert nothing.json() == said.json()


async def test_changes_of_documents(club: Club) -> None:
    """Told to those who may read them, also of what goes out of sight, by the filter that it was in before."""
    one, other = await member(club, "one"), await member(club, "other")
    subjects = {
        who: Subject(str(who.id), "user", who.roles, None) for who in (one, other, ADMIN)
    } | {STRANGER: ANONYMOUS}
    async with club.app.state.realtime.feed(resources[Activity]) as feed:
        there = {who: listening(club.app, feed, subject) for who, subject in subjects.items()}

        async def told(*expected: str) -> None:
            """To the one whose it is, to the other one, an admin and a stranger, since it was asked last."""
            for who, type_ in zip((one, other, ADMIN, STRANGER), expected, strict=True):
                kept = there[who]
                await kept.until(len(type_.split()))
                heard, kept.heard = kept.heard, []
                assert [each["type"] for each in heard] == type_.split(), who.name
                for each in heard:
                    shown = each["data"].get("note") is not None
                    assert shown is (who is one and each["type"] == "updated")

        rest = await activity(club, one, ActivityKind.REST)
        await told("created", "", "created", "")
        swim = await activity(club, one, ActivityKind.SWIM)
        # Made and changed, which may have been told together.
        await quiet(there[STRANGER])
        for kept in there.values():
            kept.heard = []
        path = f"/activities/{swim}"
        assert (await club.ask(one, "PATCH", path, slug="here")).status_code == 200
        await told("updated", "updated", "updated", "updated")
        assert (await club.ask(one, "PATCH", path, kind="run")).status_code == 200
        await told("updated", "deleted", "updated", "deleted")
        assert (await club.ask(one, "DELETE", path)).status_code == 204
        await told("deleted", "", "deleted", "")
        assert (await club.ask(one, "DELETE", f"/activities/{rest}")).status_code == 204
        await told("deleted", "", "deleted", "")
        await quiet(there[STRANGER])
        assert not there[STRANGER].heard


def reads(who: Who, row: Json) -> bool:
    return who is ADMIN or row["kind"] == "swim" or row["member_id"] == str(who.id)


async def test_who_makes_and_deletes(club: Club) -> None:
    one, other = await member(club, "one"), await member(club, "other")
    for_other = await club.ask(one, "POST", "/activities", member_id=str(other.id))
    assert for_other.status_code == 409
    assert (
        await club.ask(STRANGER, "POST", "/activities", member_id=str(one.id))
    ).status_code == 401
    kept = await activity(club, one, ActivityKind.SWIM)
    assert (await club.ask(other, "DELETE", f"/activities/{kept}")).status_code == 403
    assert (await club.ask(one, "DELETE", f"/activities/{kept}")).status_code == 204
    assert (await club.ask(ADMIN, "GET", f"/activities/{kept}")).status_code == 404


QUERY = """{
    activities(limit: 20) { id slug score member { id name } remarks { id activity { id } } }
    activitiesConnection(first: 2) { totalCount edges { node { id } } }
    members(limit: 20) { id activities(limit: 20) { id member { id } } }
}"""


async def test_graphql(club: Club) -> None:
    """The same of GraphQL: by lists, connections, through relations of either database, and by mutations."""
    one, other = await member(club, "one"), await member(club, "other")
    for who in (one, other):
        for kind in ActivityKind:
            key = await activity(club, who, kind)
            if kind is ActivityKind.SWIM:
                said = await club.ask(who, "POST", "/remarks", text="R", activity_id=key)
                assert said.status_code == 201
    for who in (one, other, ADMIN, Who("alice", sub="alice"), STRANGER):
        readable = {key for key, row in club.rows.items() if reads(who, row)}
        found = await asked(club, who, QUERY)
        if who is STRANGER:
            assert found["errors"]
            assert not any(key in str(found) for key in club.rows.keys() - readable)
            continue
        assert "data" in found, found
        data = found["data"]
        assert {row["id"] for row in data["activities"]} == readable
        assert data["activitiesConnection"]["totalCount"] == len(readable)
        for row in data["activities"]:
            owner = club.rows[row["id"]]["member_id"]
            seen = who is ADMIN or owner == str(who.id)
            assert row["member"] == ({"id": owner, "name": row["member"]["name"]} if seen else None)
        people = {row["id"]: row["activities"] for row in data["members"]}
        assert people.keys() == (
            {str(one.id), str(other.id)} if who is ADMIN else _own(who, one, other)
        )
        for key, theirs in people.items():
            of_member = {each for each, row in club.rows.items() if row["member_id"] == key}
            assert {row["id"] for row in theirs} == of_member & readable
        for key, row in club.rows.items():
            mine = row["member_id"] == str(who.id)
            allowed = mine and row["kind"] != "rest"
            changed = await asked(
                club,
                who,
                "mutation ($id: UUID!, $slug: String) { updateActivity(id: $id, input: {slug: $slug}) { id } }",
                id=key,
                slug=f"g{key[:8]}",
            )
            assert ("errors" not in changed) == allowed, changed
        forged = await asked(
            club,
            who,
            "mutation ($of: UUID!) { createActivity(input: {memberId: $of}) { id } }",
            of=str(other.id if who is one else one.id),
        )
        assert "errors" in forged or who is ADMIN
        if "errors" not in forged:
            key = forged["data"]["createActivity"]["id"]
            club.rows[key] = (await club.ask(ADMIN, "GET", f"/activities/{key}")).json()


def _own(who: Who, *members: Who) -> set[str]:
    return {str(each.id) for each in members if each.id == who.id}


async def asked(club: Club, who: Who, query: str, **variables: Any) -> Json:
    found = await club.client.post(
        "/graphql", json={"query": query, "variables": variables}, headers=who.headers
    )
    answer: Json = found.json()
    return answer
