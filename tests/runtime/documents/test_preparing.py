"""Indexes and validators: made from the models, and made again when those change."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import WriteError

from terapin.runtime.core.documents import CannotPrepareError, prepare
from terapin.runtime.core.errors import Invalid

from .club.models import Activity
from .club.schemas.label import LabelCreate
from .club.services.label import LabelService
from .harness import Api

Json = dict[str, Any]


@pytest.fixture
async def database(club: Api) -> AsyncIterator[AsyncDatabase[Json]]:
    return club.mongodb.database


async def indexes(database: AsyncDatabase[Json], name: str) -> dict[str, tuple[list[str], bool]]:
    """By name, the fields of each and whether it is unique."""
    found = await database[name].index_information()
    return {
        name: ([field for field, _ in each["key"]], each.get("unique", False))
        for name, each in found.items()
    }


async def test_each_declared_index_is_there(database: AsyncDatabase[Json]) -> None:
    assert await indexes(database, "activities") == {
        "_id_": (["_id"], False),
        "ix_member_id": (["member_id", "_id"], False),
        "ix_label_code": (["label_code", "_id"], False),
        "ix_kind_at": (["kind", "at", "_id"], False),
        "uq_member_id_slug": (["member_id", "slug"], True),
    }
    (key,) = [
        each
        for each in (await database["idempotency_keys"].index_information()).values()
        if "expireAfterSeconds" in each
    ]
    assert key["expireAfterSeconds"] == 24 * 3600


async def test_it_changes_nothing_the_second_time(club: Api, database: AsyncDatabase[Json]) -> None:
    before = await indexes(database, "activities")
    await prepare(club.sources)
    assert await indexes(database, "activities") == before


async def test_what_the_models_no_longer_say_is_dropped_and_what_others_made_is_kept(
    club: Api, database: AsyncDatabase[Json]
) -> None:
    before = await indexes(database, "activities")
    await database["activities"].create_index("note", name="ix_note")
    await database["activities"].create_index("score", name="by_hand")
    await database["activities"].drop_index("ix_label_code")
    await database["activities"].create_index(["label_code", "_id"], name="mine")
    await database["activities"].drop_index("ix_kind_at")
    await database["activities"].create_index("kind", name="ix_kind_at")
    await prepare(club.sources)
    after = await indexes(database, "activities")
    del before["ix_label_code"]
    assert after == {
        **before,
        "by_hand": (["score"], False),
        "mine": (["label_code", "_id"], False),
    }


async def test_documents_that_may_not_be_alike_are_named(
    club: Api, database: AsyncDatabase[Json]
) -> None:
    await database["labels"].drop_index("uq_name")
    for code in "ab":
        await database["labels"].insert_one({"_id": code, "name": "same", "row_version": 1})
    with pytest.raises(CannotPrepareError, match="labels: several documents have the same name"):
        await prepare(club.sources)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "fly"},
        {"kind": None},
        {"slug": "s" * 41},
        {"cost": 1.5},
        {"member_id": "no-uuid"},
        {"row_version": "1"},
    ],
    ids=str,
)
async def test_mongodb_itself_refuses_what_no_model_allows(
    database: AsyncDatabase[Json], wrong: Json
) -> None:
    right = Activity(member_id=uuid4()).to_bson()
    await database["activities"].insert_one(right)
    with pytest.raises(WriteError, match="failed validation"):
        await database["activities"].insert_one({**right, "_id": uuid4(), **wrong})


async def test_old_documents_get_the_defaults_of_new_fields(
    club: Api, database: AsyncDatabase[Json]
) -> None:
    old = Activity(member_id=UUID((await club.member())["id"])).to_bson()
    del old["cost"], old["kind"]
    await database.drop_collection("activities")
    await database["activities"].insert_one(old)
    await prepare(club.sources)
    (found,) = await club.items("/activities", kind="run", cost="0")
    assert found["cost"] == "0.00"


async def test_old_documents_without_what_is_required_now_are_counted(
    club: Api, database: AsyncDatabase[Json]
) -> None:
    """Not one of them could be read: better that the new version does not begin to serve."""
    for _ in range(2):
        old = Activity(member_id=uuid4()).to_bson()
        del old["member_id"]
        await database.command("collMod", "activities", validator={})
        await database["activities"].insert_one(old)
    with pytest.raises(CannotPrepareError) as refused:
        await prepare(club.sources)
    assert str(refused.value) == (
        "activities: 2 documents have no member_id, which is required: give them one, in mongosh by "
        'db.getCollection("activities").updateMany({"member_id": {$exists: false}}, {$set: {"member_id": …}})'
    )


async def test_what_mongodb_refuses_is_the_problem_of_whoever_sent_it(club: Api) -> None:
    """A handler of one's own may go past the schemas."""
    async with club.postgresql.session() as session:
        session.info["sources"] = club.sources
        unchecked = LabelCreate.model_construct(code="a", name="n" * 61, alias="b" * 61)
        with pytest.raises(Invalid) as refused:
            await LabelService(session).create(unchecked)
    assert {fault.pointer for fault in refused.value.faults} == {"/name", "/alias"}
