"""What is asked of a collection: in the terms of its model, through the breaker of its source."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Iterable, Sequence
from typing import Any, Generic, TypeVar

from pymongo import ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection
from sqlalchemy.ext.asyncio import AsyncSession

from ..changes import announce
from ..sources.manager import sources_of
from ..sources.mongodb import Mongodb
from .document import Document
from .expressions import Filter
from .holds import Holds
from .writes import Writes

Row = TypeVar("Row", bound=Document)
T = TypeVar("T")
Json = dict[str, Any]


class Rows(Generic[Row]):
    """The documents of a model. Everything is one call of the source; what is only read may be asked again."""

    def __init__(self, model: type[Row], session: AsyncSession) -> None:
        self.model = model
        self.source: Mongodb = sources_of(session)[model.__source__]
        self.session = session

    @property
    def collection(self) -> AsyncCollection[Json]:
        return self.source.database[self.model.__collection__]

    async def find(self, where: Filter) -> list[Row]:
        found = await self._read(lambda: self.collection.find(where.document).to_list())
        return [self.model.from_bson(each) for each in found]

    async def aggregate(self, stages: Sequence[Json]) -> list[Row]:
        async def read() -> list[Json]:
            return await (await self.collection.aggregate(stages)).to_list()

        return [self.model.from_bson(each) for each in await self._read(read)]

    async def shares(self, values: Iterable[Any], field: str, stages: Sequence[Json]) -> list[Row]:
        """For each of the values, the documents whose field has it, as `stages` order and limit them.

        Each share is read through the field's index, however many documents the others have.
        """
        pipeline: list[Json] = [
            {"$documents": [{"value": {"$literal": value}} for value in values]},
            {
                "$lookup": {
                    "from": self.model.__collection__,
                    "localField": "value",
                    "foreignField": field,
                    "pipeline": stages,
                    "as": "row",
                }
            },
            {"$unwind": "$row"},
            {"$replaceWith": "$row"},
        ]

        async def read() -> list[Json]:
            return await (await self.source.database.aggregate(pipeline)).to_list()

        found = await self._read(read)
        return [self.model.from_bson(each) for each in found]

    async def count(self, where: Filter) -> int:
        return await self._read(lambda: self.collection.count_documents(where.document))

    async def keys(self, where: Filter, limit: int | None = None) -> list[Any]:
        """As they lie in BSON, in order if they are limited."""

        async def read() -> list[Json]:
            cursor = self.collection.find(where.document, {"_id": True})
            return await (cursor.sort("_id").limit(limit) if limit else cursor).to_list()

        return [each["_id"] for each in await self._read(read)]

    async def meets(self, document: Json, where: Filter) -> bool:
        """Whether a document, wherever it is or will be, meets the filter."""
        return bool(await self.meeting([document], where))

    async def meeting(self, documents: Sequence[Json], where: Filter) -> list[Json]:
        """Those that do."""
        given = [{"$literal": each} for each in documents]
        stages: list[Json] = [{"$documents": given}, {"$match": where.document}]

        async def read() -> list[Json]:
            return await (await self.source.database.aggregate(stages)).to_list()

        return await self._read(read)

    async def insert(self, document: Json) -> None:
        await self._write(lambda: self.collection.insert_one(document))

    async def change(self, where: Filter, change: Json) -> Row | None:
        """One document; None if there is none."""
        updated = await self._write(
            lambda: self.collection.find_one_and_update(
                where.document, change, return_document=ReturnDocument.AFTER
            )
        )
        return None if updated is None else self.model.from_bson(updated)

    async def change_all(self, where: Filter, change: Json) -> None:
        await self._write(lambda: self.collection.update_many(where.document, change))

    async def delete(self, where: Filter) -> int:
        deleted = await self._write(lambda: self.collection.delete_many(where.document))
        return deleted.deleted_count

    async def share(self, key: Any) -> bool:
        """Whether there is such a document, which then stays until the session ends."""
        return await Holds.of(self.session).share(self.source, self.model.__collection__, key)

    async def whole(self, keys: Collection[Any]) -> None:
        """Until the session ends nobody comes to refer to these, who does already is waited for."""
        await Holds.of(self.session).whole(self.source, self.model.__collection__, keys)

    async def _write(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        await announce(self.session)
        writes = Writes.of(self.session)
        return await self.source.call(lambda: writes.noting(work()))

    async def _read(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        return await self.source.call(work, idempotent=True)
