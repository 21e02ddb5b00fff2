"""Functions whose results are kept: their keys, their types, their sessions."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from terapin.runtime.core.caching import writes
from terapin.runtime.core.caching.declared import DeclaredCache
from terapin.runtime.core.caching.versions import schema_version
from terapin.runtime.core.changes import changed, pend
from terapin.runtime.core.database import Base, session_of
from terapin.runtime.core.sources.manager import Sources

from ..blog.endpoints import resources
from ..blog.models import Post, User
from ..blog.services.user import UserService
from ..blog.settings import Settings
from ..harness import Api
from .blog import cache_store, serving_kept
from .valkey import Valkey
from .worker import client

answers = DeclaredCache("answers", store=cache_store)
calls: list[Any] = []


@pytest.fixture(autouse=True)
async def api(settings: Settings, shared_valkey: Valkey) -> AsyncIterator[Api]:
    calls.clear()
    async with serving_kept(settings, shared_valkey) as api:
        with sources(api).current():
            yield api


def sources(api: Api) -> Sources:
    found: Sources = api.app.state.sources
    return found


class Colour(Enum):
    RED = "red"


class Report(BaseModel):
    at: dt.datetime
    total: Decimal
    colours: frozenset[Colour]


@dataclass
class Point:
    x: int
    y: tuple[int, ...]


REPORT = Report(
    at=dt.datetime(2026, 11, 22, tzinfo=dt.UTC), total=Decimal("1.50"), colours=frozenset(Colour)
)


@answers.cached()
async def reported(number: int) -> list[Report]:
    calls.append(number)
    return [REPORT] * number


@answers.cached(serializer="msgpack")
async def packed(number: int) -> dict[int, tuple[Point, bytes, UUID | None, Report]]:
    calls.append(number)
    return {number: (Point(1, (2, 3)), b"\xff\x00", UUID(int=7), REPORT)}


async def test_results_come_back_as_what_they_are() -> None:
    assert await reported(2) == await reported(2) == [REPORT, REPORT]
    first, again = await packed(3), await packed(3)
    assert first == again == {3: (Point(1, (2, 3)), b"\xff\x00", UUID(int=7), REPORT)}
    assert isinstance(again[3][0], Point)
    assert calls == [2, 3]


async def test_results_are_not_shared() -> None:
    (await reported(1)).clear()
    assert await reported(1) == [REPORT]


@answers.cached()
async def described(*args: object, **kwargs: object) -> int:
    calls.append((args, kwargs))
    return len(calls)


async def test_arguments_that_differ_are_told_apart() -> None:
    differing: list[object] = [
        1, True, 1.0, "1", b"1", None, Decimal(1), [1], (1,), {1}, {1: 1}, {"1": 1}, [[1]],
        dt.date(2026, 1, 1), dt.datetime(2026, 1, 1), dt.timedelta(1), UUID(int=1), Colour.RED,
        "red", Point(1, ()), Point, int, 2**70, float("nan"), "\ud800",
    ]  # fmt: skip
    results = [await described(each) for each in differing]
    assert results == list(range(1, len(differing) + 1))
    assert [await described(each) for each in differing] == results


async def test_arguments_that_are_the_same_are_not() -> None:
    @answers.cached()
    async def called(a: int, b: int = 2, *, c: object = None) -> int:
        calls.append((a, b, c))
        return len(calls)

    first = await called(1, c={"x": {3, 1, 2}, "y": [1]})
    assert first == await called(a=1, b=2, c={"y": [1], "x": {2, 3, 1}})
    assert len(calls) == 1


async def test_an_argument_without_a_canonical_form_is_refused() -> None:
    with pytest.raises(TypeError, match=r"object has no canonical form.*pass what identifies it"):
        await described(object())
    with pytest.raises(TypeError, match=r"models\.user\.User has no canonical form"):
        await described(User())


async def test_a_key_of_ones_own() -> None:
    @answers.cached(key=lambda user, _: user["id"], tags=lambda user, _: [f"user:{user['id']}"])
    async def greeting(user: dict[str, Any], session_id: object) -> str:
        calls.append(user)
        return f"Hello {user['name']}"

    assert await greeting({"id": 1, "name": "A"}, object()) == "Hello A"
    assert await greeting({"id": 1, "name": "B"}, object()) == "Hello A"
    assert await greeting({"id": 2, "name": "C"}, object()) == "Hello C"
    await answers.invalidate("user:1")
    assert await greeting({"id": 1, "name": "B"}, object()) == "Hello B"
    assert await greeting({"id": 2, "name": "D"}, object()) == "Hello C"


async def test_namespaces() -> None:
    @answers.cached(namespace="numbers")
    async def number() -> int:
        calls.append(1)
        return len(calls)

    assert [await number(), await number()] == [1, 1]
    await answers.invalidate("letters")
    assert await number() == 1
    await answers.invalidate("numbers")
    assert await number() == 2
    await answers.clear()
    assert await number() == 3


async def test_none_has_a_ttl_of_its_own() -> None:
    @answers.cached()
    async def nothing() -> int | None:
        calls.append(1)
        return None

    @answers.cached(negative_ttl=60)
    async def kept_nothing() -> int | None:
        calls.append(2)
        return None

    for _ in range(3):
        assert await nothing() is None
        assert await kept_nothing() is None
    assert calls.count(1) == 3
    assert calls.count(2) == 1


@answers.cached(depends_on=(User,))
async def usernames(session: AsyncSession) -> list[str]:
    calls.append(session)
    return list((await session.scalars(select(User.username).order_by(User.username))).all())


class Statistics(UserService):
    @answers.cached(depends_on=(User, Post))
    async def posts_of(self, user_id: UUID) -> int:
        calls.append(self.session)
        query = select(func.count()).where(Post.user_id == user_id)
        return (await self.session.execute(query)).scalar_one()


async def test_a_function_gets_a_session_of_its_own(api: Api) -> None:
    await api.user(username="first_one")
    async with api.database.session() as session, api.database.session() as other:
        assert await usernames(session) == await usernames(other) == ["first_one"]
        assert len(calls) == 1
        assert calls[0] is not session


async def test_the_end_of_a_caller_does_not_end_the_function(api: Api) -> None:
    await api.user(username="first_one")
    begun = asyncio.Event()

    @answers.cached(depends_on=(User,))
    async def slow(session: AsyncSession) -> int:
        begun.set()
        await asyncio.sleep(0.1)
        return (await session.execute(select(func.count()).select_from(User))).scalar_one()

    async def call() -> int:
        async with api.database.session() as session:
            return await slow(session)

    leaving = asyncio.create_task(call())
    await begun.wait()
    staying = asyncio.create_task(call())
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == 1


async def test_commits_are_seen_and_rollbacks_are_not_kept(api: Api) -> None:
    user = await api.user(username="first_one")
    async with session_of(sources(api)) as session:
        statistics = Statistics(session)
        assert await usernames(session) == ["first_one"]
        assert await statistics.posts_of(UUID(user["id"])) == 0
    await api.user(username="second_one")
    await api.article(user)
    async with api.database.session() as session:
        assert await usernames(session) == ["first_one", "second_one"]
        assert await Statistics(session).posts_of(UUID(user["id"])) == 1
        assert calls[-1] is not session
    calls.clear()
    async with api.database.session() as session:
        session.add(User(email="c@d.org", username="third_one", password_hash="x"))
        # What only this session sees is no answer for others, and theirs is none for it.
        assert "third_one" in await usernames(session)
        assert calls == [session]
        await session.rollback()
    async with api.database.session() as session:
        assert await usernames(session) == ["first_one", "second_one"]


async def test_what_sqlalchemy_does_not_see_can_be_told(api: Api) -> None:
    await api.user(username="first_one")
    async with api.database.session() as session:
        assert await usernames(session) == ["first_one"]
    async with api.database.session() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("UPDATE users SET username = 'other_one'")
        changed(session, "users")
    async with api.database.session() as session:
        assert await usernames(session) == ["other_one"]


async def test_a_commit_of_which_nobody_knows(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may take effect after what it changed was invalidated, so that is invalidated again."""
    monkeypatch.setattr(writes, "DOUBT", 0.3)
    await api.user(username="first_one")
    await api.execute(
        "CREATE FUNCTION dawdle() RETURNS trigger AS 'BEGIN PERFORM pg_sleep(0.2); RETURN NULL; END'"
        " LANGUAGE plpgsql"
    )
    await api.execute(
        "CREATE CONSTRAINT TRIGGER dawdle AFTER UPDATE ON users DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION dawdle()"
    )

    async def rename() -> None:
        async with api.database.session() as session:
            row = (await session.scalars(select(User))).one()
            row.username = "late_one"

    renaming = asyncio.create_task(rename())
    await asyncio.sleep(0.1)
    before = answers.current.counts.invalidations
    renaming.cancel()
    with pytest.raises(asyncio.CancelledError):
        await renaming
    first = answers.current.counts.invalidations
    assert first > before
    await asyncio.sleep(0.4)
    assert answers.current.counts.invalidations > first


async def test_who_dies_after_a_commit_leaves_nothing_of_before(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await api.user()
    path = f"/users/{user['id']}"
    for _ in range(2):
        await api.get(path)
    with monkeypatch.context() as dead:
        dead.setattr(writes.Invalidates, "ended", lambda *_, **__: None)
        await api.client.patch(path, json={"username": "after_it"})
    assert (await api.get(path))["username"] == "after_it"


async def test_a_write_that_was_given_up(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a document store was told may still be done, whatever becomes of the transaction."""
    monkeypatch.setattr(writes, "DOUBT", 0.1)
    async with api.database.session() as session:
        await session.execute(select(User))
        changed(session, "users", [1])
        pend(session, 1)
    first = answers.current.counts.invalidations
    await asyncio.sleep(0.2)
    assert answers.current.counts.invalidations > first


async def test_get_or_load() -> None:
    async def load() -> list[Report]:
        calls.append(1)
        return [REPORT]

    for _ in range(2):
        found = await answers.get_or_load(
            ("reports", 2026), load, returns=list[Report], tags=[User, "reports"]
        )
        assert found == [REPORT]
    assert calls == [1]
    await answers.invalidate(User)
    await answers.get_or_load(("reports", 2026), load, returns=list[Report], tags=[User])
    assert calls == [1, 1]


def test_what_cannot_be_kept_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match="is not `async def`"):

        @answers.cached()  # type: ignore[arg-type]
        def function() -> int:
            return 1

    with pytest.raises(TypeError, match="annotate it"):

        @answers.cached()
        async def untyped():  # type: ignore[no-untyped-def]
            return 1


async def test_a_row_is_no_result() -> None:
    @answers.cached()
    async def users() -> list[User]:
        return []

    with pytest.raises(TypeError, match=r"User.* cannot be kept: return what Pydantic can write"):
        await users()


PRINTED = """
from tests.runtime.caching.test_functions import *
from terapin.runtime.core.caching.functions import _Function, Terms
from terapin.runtime.core.caching.serializers import SERIALIZERS
call = _Function(described.__wrapped__, Terms(serializer=SERIALIZERS["json"])).call
print(json.dumps([
    call({"a", "b", "c"}, {"x": {1, 2, 3}}, REPORT, Point(1, (2,)), z=Colour.RED)._key(),
    schema_version(Base.metadata, resources),
]))
"""


def test_keys_are_the_same_under_every_hash_seed() -> None:
    printed = {
        subprocess.run(
            [sys.executable, "-c", PRINTED],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(printed) == 1
    assert len(json.loads(printed.pop())) == 2


def test_the_version_changes_with_the_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    before = schema_version(Base.metadata, resources)
    assert before == schema_version(Base.metadata, resources)
    monkeypatch.setattr(User.metadata.tables["users"].c.username.type, "length", 33)
    assert schema_version(Base.metadata, resources) != before


async def test_the_version_is_in_every_key(api: Api, shared_valkey: Valkey) -> None:
    await reported(1)
    await api.get("/users")
    version = schema_version(Base.metadata, api.app.state.resources)
    namespace = api.app.state.settings.answers.namespace
    async with client(shared_valkey.url) as redis:
        entries = await redis.keys(f"{namespace}:*:e:*")
    assert len(entries) == 2
    assert all(f":{version}:".encode() in key for key in entries)
