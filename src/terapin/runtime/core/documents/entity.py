"""What core knows of a model that lies in a collection."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from ..changes import Change, changed
from ..entities import Entity, Property
from .document import Document, Unique
from .expressions import Filter
from .rows import Rows
from .stored import Stored


class DocumentEntity(Entity):
    model: type[Document]

    @property
    def name(self) -> str:
        return self.model.__collection__

    @cached_property
    def properties(self) -> Mapping[str, Property]:
        return {name: _property(each) for name, each in self.model.__stored__.items()}

    @cached_property
    def key(self) -> Property:
        return self.properties[self._key.key]

    @cached_property
    def unique(self) -> Sequence[tuple[str, ...]]:
        fields = self.model.__stored__.items()
        return [
            *((name,) for name, each in fields if each.primary_key or each.unique),
            *(each.attributes for each in self.model.__indexes__ if isinstance(each, Unique)),
        ]

    @cached_property
    def _key(self) -> Stored[Any]:
        return next(each for each in self.model.__stored__.values() if each.primary_key)

    async def exists(self, session: AsyncSession, key: Any) -> bool:
        return await self._rows(session).share(self._key.encode(key))

    async def claim(self, session: AsyncSession, keys: Collection[Any]) -> None:
        await self._rows(session).whole([self._key.encode(key) for key in keys])

    async def referring(
        self,
        session: AsyncSession,
        attribute: str,
        values: Collection[Any],
        *,
        besides: Collection[Any] = (),
        limit: int | None = None,
    ) -> list[Any]:
        where = self.model.__stored__[attribute].in_(values)
        if besides:
            where &= self._key.not_in(besides)
        return [self._key.decode(key) for key in await self._rows(session).keys(where, limit)]

    async def release(self, session: AsyncSession, attribute: str, keys: Collection[Any]) -> None:
        column = self.model.__stored__[attribute].column
        emptied = {"$unset": {column: ""}, "$inc": {"row_version": 1}}
        changed(session, self.name, keys, Change("update", {}))
        await self._rows(session).change_all(self._key.in_(keys), emptied)

    async def remove(self, session: AsyncSession, keys: Collection[Any]) -> None:
        changed(session, self.name, keys, Change("delete", {}))
        await self._rows(session).delete(self._key.in_(keys))

    async def did_hold(
        self, session: AsyncSession, rows: Mapping[Any, Mapping[str, Any]], condition: Filter
    ) -> set[Any]:
        """Of documents as they were, given by their keys and by all attributes that the filter asks for."""
        stored = self.model.__stored__
        documents = [
            {
                **{stored[name].column: stored[name].encode(value) for name, value in each.items()},
                self._key.column: self._key.encode(key),
            }
            for key, each in rows.items()
        ]
        found = await self._rows(session).meeting(documents, condition) if documents else []
        return {self._key.decode(each[self._key.column]) for each in found}

    def _rows(self, session: AsyncSession) -> Rows[Any]:
        return Rows(self.model, session)


def _property(field: Stored[Any]) -> Property:
    return Property(
        attribute=field.key,
        column=field.column,
        kind=field.kind,
        nullable=field.nullable,
        length=field.max_length,
        precision=field.precision,
        scale=field.scale,
        zoned=field.kind == "DateTime",
        values=field.values,
        reference=field.references,
        preset=field.key == "row_version",
    )
