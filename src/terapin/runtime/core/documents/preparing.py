"""Collections as their models want them: indexes and validators, made by `migrate` and at the start of `dev`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import CollectionInvalid, DuplicateKeyError

from ..entities import models
from ..sources.manager import Sources
from ..sources.mongodb import Mongodb
from .document import Document, Unique
from .idempotency import COLLECTION, KEPT_SECONDS
from .stored import Stored

Json = dict[str, Any]


class CannotPrepareError(Exception):
    """What lies in a collection does not allow for what its model says; the message says what to do."""


async def prepare(sources: Sources) -> None:
    """Make the indexes and validators of all documents in these sources, and fill in what is new in old ones.

    It can be done again at any time. Indexes with core's names that no model asks for any more are dropped.
    """
    for source in sources:
        if isinstance(source, Mongodb):
            for model in models():
                if issubclass(model, Document) and model.__source__.name == source.name:
                    await _prepare(source.database, model)
            await _index(
                source.database[COLLECTION],
                {"ttl_created_at": {"key": {"created_at": 1}, "expireAfterSeconds": KEPT_SECONDS}},
            )


async def _prepare(database: AsyncDatabase[Json], model: type[Document]) -> None:
    name = model.__collection__
    validator = {"$jsonSchema": schema(model)}
    with suppress(CollectionInvalid):  # It is there.
        await database.create_collection(name)
    await _fill_in(database[name], model)
    await _refuse_gaps(database[name], model)
    # Old documents that do not satisfy it can still be changed.
    await database.command("collMod", name, validator=validator, validationLevel="moderate")
    await _index(database[name], dict(indexes(model)))


async def _fill_in(collection: AsyncCollection[Json], model: type[Document]) -> None:
    """Fields that documents have since they were declared: a filter would not find what is only added on reading."""
    for field in model.__stored__.values():
        if field.plain_default is not None and not field.nullable:
            value = field.encode(field.plain_default)
            await collection.update_many(_without(field.column), {"$set": {field.column: value}})


async def _refuse_gaps(collection: AsyncCollection[Json], model: type[Document]) -> None:
    """Raises CannotPrepareError for documents that no answer could hold."""
    required = [each.column for each in model.__stored__.values() if not each.nullable]
    gap = await collection.find_one({"$or": [_without(column) for column in required]})
    if gap is None:
        return
    column = next(each for each in required if each not in gap)
    count = await collection.count_documents(_without(column))
    name, field = json.dumps(collection.name), json.dumps(column)
    raise CannotPrepareError(
        f"{collection.name}: {count:,} documents have no {column}, which is required: give them one, "
        f"in mongosh by db.getCollection({name})"
        f".updateMany({{{field}: {{$exists: false}}}}, {{$set: {{{field}: …}}}})"
    )


def _without(column: str) -> Json:
    return {column: {"$exists": False}}


async def _index(collection: AsyncCollection[Json], wanted: Mapping[str, Json]) -> None:
    existing = await collection.index_information()
    for name, index in [*existing.items()]:
        if name.startswith(("ix_", "uq_")) and not _same(index, wanted.get(name)):
            await collection.drop_index(name)
            del existing[name]
    for name, each in wanted.items():
        if any(_same(index, each) for index in existing.values()):
            continue
        options = {option: value for option, value in each.items() if option != "key"}
        try:
            await collection.create_index([*each["key"].items()], name=name, **options)
        except DuplicateKeyError as error:
            columns = ", ".join(each["key"])
            raise CannotPrepareError(
                f"{collection.name}: several documents have the same {columns}, which is to be unique: "
                "change all of them but one"
            ) from error


def _same(existing: Mapping[str, Any], wanted: Json | None) -> bool:
    if wanted is None:
        return False
    options = ("unique", "partialFilterExpression")
    return [*existing["key"]] == [*wanted["key"].items()] and all(
        existing.get(option) == wanted.get(option) for option in options
    )


def indexes(model: type[Document]) -> Iterator[tuple[str, Json]]:
    """By name. A unique one leaves out documents in which a field of it is null."""
    fields = model.__stored__
    for attribute, field in fields.items():
        if field.unique and not field.primary_key:
            yield _unique(field)
        elif field.index:
            yield f"ix_{attribute}", {"key": {field.column: 1, "_id": 1}}
    for each in model.__indexes__:
        chosen = [fields[attribute] for attribute in each.attributes]
        if isinstance(each, Unique):
            yield _unique(*chosen)
        else:
            columns = [*(field.column for field in chosen), "_id"]
            yield f"ix_{'_'.join(each.attributes)}", {"key": dict.fromkeys(columns, 1)}


def _unique(*fields: Stored[Any]) -> tuple[str, Json]:
    name = f"uq_{'_'.join(field.key for field in fields)}"
    index: Json = {"key": dict.fromkeys((field.column for field in fields), 1), "unique": True}
    if nullable := [field.column for field in fields if field.nullable]:
        index["partialFilterExpression"] = {column: {"$exists": True} for column in nullable}
    return name, index


def schema(model: type[Document]) -> Json:
    """What MongoDB checks itself: types, lengths, enumerations, and what must be there."""
    fields = model.__stored__.values()
    return {
        "bsonType": "object",
        "required": [each.column for each in fields if not each.nullable],
        "properties": {each.column: _property(each) for each in fields},
    }


def _property(field: Stored[Any]) -> Json:
    """A field that is null is not stored; whoever else writes here may store it as null."""
    null = ["null"] if field.nullable else []
    rules: Json = {}
    if field.codec.types:
        rules["bsonType"] = [*field.codec.types, *null]
    if field.values:
        rules["enum"] = [*field.values, *([None] if field.nullable else [])]
    if field.max_length is not None:
        rules["maxLength"] = field.max_length
    return rules
