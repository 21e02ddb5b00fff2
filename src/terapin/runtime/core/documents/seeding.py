"""Collections as places that `seed` fills."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from ..entities import Entity
from ..places import KEYS, Filling, Place, Row
from ..resource import Resource
from ..samples import sources as samples
from ..sources.manager import Sources
from ..sources.mongodb import Mongodb
from .document import Document
from .entity import DocumentEntity
from .stored import Stored


def place(entity: Entity, sources: Sources) -> Place:
    model = cast(DocumentEntity, entity).model
    return _CollectionPlace(model, sources[model.__source__])


def filling(resource: Resource, size: int, place_of: Callable[[Entity], Place]) -> Filling:
    entity = resource.entity
    made = samples(resource, size)
    columns = {name: each.column for name, each in entity.properties.items()}
    differing = {each.column for each in entity.properties.values() if each.kind == "UUID"} & {
        *made
    }
    sets = (tuple(columns[name] for name in names) for names in entity.unique)
    return Filling(
        place_of(entity),
        made,
        {columns[name]: place_of(target) for name, target in entity.references.items()},
        {each.column for each in entity.properties.values() if each.nullable},
        [each for each in sets if not differing.intersection(each)],
    )


@dataclass(frozen=True)
class _CollectionPlace(Place):
    model: type[Document]
    source: Mongodb = field(compare=False)

    @property
    def name(self) -> str:
        return self.model.__collection__

    @property
    def _collection(self) -> Any:
        return self.source.database[self.name]

    def _field(self, column: str) -> Stored[Any]:
        return next(each for each in self.model.__stored__.values() if each.column == column)

    async def count(self) -> int:
        return int(await self._collection.count_documents({}))

    async def keys(self) -> list[Any]:
        step = max(await self.count() // KEYS, 1)
        read = await self._collection.find({}, {"_id": True}).sort("_id").to_list()
        return self._keys(read[::step][:KEYS])

    async def keys_behind(self, key: Any, count: int) -> list[Any]:
        where = {} if key is None else {"_id": {"$gt": key}}
        read = self._collection.find(where, {"_id": True}).sort("_id").limit(count)
        return self._keys(await read.to_list())

    def _keys(self, documents: Sequence[dict[str, Any]]) -> list[Any]:
        return [self._field("_id").decode(each["_id"]) for each in documents]

    async def held(self, columns: Sequence[str], values: Sequence[Row]) -> set[Row]:
        fields = [self._field(column) for column in columns]
        # As they are when they are read again: some lose what BSON does not keep.
        kept = {
            tuple(
                field.decode(field.encode(each)) for field, each in zip(fields, value, strict=True)
            ): value
            for value in values
        }
        # The first column narrows it down; few documents that agree in it are alike in no other.
        candidates = fields[0].in_({value[0] for value in values}).document
        found = await self._collection.find(candidates, dict.fromkeys(columns, True)).to_list()
        present = (
            tuple(field.decode(each.get(field.column)) for field in fields) for each in found
        )
        return {kept[each] for each in present if each in kept}

    async def insert(self, columns: Sequence[str], rows: Sequence[Row]) -> None:
        attributes = [self._field(column).key for column in columns]
        documents = (self.model(**dict(zip(attributes, row, strict=True))) for row in rows)
        await self._collection.insert_many([each.to_bson() for each in documents], ordered=False)
