"""What of changes somebody sees: rows are read when it is told, in the name of who hears of it."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, NamedTuple

import orjson
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from .. import serialization
from ..changes import Change
from ..entities import Entity
from ..errors import Problem, Unavailable
from ..loading import Embedded, load
from ..mapped import MappedEntity
from ..pagination import PageQuery, key_term
from ..parameters import Shape, parameters_of
from ..permitted import asked_of, did_hold
from ..resource import Resource
from ..service import own_methods

_READS = ("__init__", "query", "readable", "visible", "get", "list", "related")
_ROWS = ("query", "readable", "visible", "list")


@dataclass(frozen=True, slots=True)
class Only:
    """Rows with this value."""

    attribute: str
    value: Any

    def takes(self, row: Any) -> bool:
        return bool(getattr(row, self.attribute) == self.value)

    def took(self, values: Mapping[str, Any]) -> bool | None:
        """None where nobody knows."""
        return values[self.attribute] == self.value if self.attribute in values else None


class Told(NamedTuple):
    """`position` is up to where everything has been heard with it. What is deleted, for who hears it, has no row."""

    type: Literal["created", "updated", "deleted"]
    key: Any
    row: Any
    position: int


class Changed(NamedTuple):
    key: Any
    change: Change
    position: int


class Sight:
    """Of some changes, as far as the current subject sees the rows; read by `look`."""

    def __init__(
        self, resource: Resource, session: AsyncSession, changes: Sequence[Changed]
    ) -> None:
        self.resource = resource
        self.session = session
        self._changes = changes
        self._rows: Mapping[Any, Any] = {}
        self._were: Collection[Any] = ()
        self._unknown: Collection[Any] = ()
        self._embedded: list[Embedded] = []

    async def look(self, *, embeds: bool) -> None:
        """With what REST embeds, if that is asked for."""
        before = {each.key: each.change.before for each in self._changes}
        gone = {key: each for key, each in before.items() if each is not None}
        try:
            self._rows = await self._readable([*before])
            self._were, self._unknown = await self._readable_before(gone)
        except Unavailable:
            raise
        except Problem:
            # There is nothing that the subject may read.
            return
        if embeds:
            rows, shape = [*self._rows.values()], shape_of(self.resource)
            self._embedded = await load(self.session, self.resource, rows, shape.embeds)

    def told(self, only: Only | None) -> tuple[list[Told], bool]:
        """And whether there may be more, of which nobody knows any more whether it is to be told."""
        found, is_lost = [], False
        for key, change, position in self._changes:
            row = self._rows.get(key)
            was = self._was(key, change, only)
            if row is not None and (only is None or only.takes(row)):
                is_new = change.operation == "create" or was is False
                found.append(Told("created" if is_new else "updated", key, row, position))
            elif was:
                found.append(Told("deleted", key, None, position))
            elif was is None and change.before is not None:
                is_lost = True
        return found, is_lost

    def _was(self, key: Any, change: Change, only: Only | None) -> bool | None:
        """Whether it was there before; None where nobody knows, or where that has not changed."""
        if change.before is None or key in self._unknown:
            return None
        known = {**change.before, self.resource.entity.key.attribute: key}
        return key in self._were and (only is None or only.took(known))

    def content(self, told: Told) -> bytes:
        """As REST answers it; of what is gone, the key."""
        if told.row is None:
            key = self.resource.key
            return orjson.dumps({key.name: key.adapter.dump_python(told.key, mode="json")})
        shape = shape_of(self.resource)
        return serialization.one(self.resource, told.row, shape, self._embedded)

    async def _readable(self, keys: Sequence[Any]) -> Mapping[Any, Any]:
        column = key_term(self.resource.model).column
        query = PageQuery(where=(column.in_(keys),), limit=len(keys))
        page = await self.resource.service(self.session).list(query)
        return {getattr(row, column.key): row for row in page.items}

    async def _readable_before(
        self, rows: Mapping[Any, Mapping[str, Any]]
    ) -> tuple[Collection[Any], Collection[Any]]:
        """Which of them were, and of which nobody knows."""
        resource, entity = self.resource, self.resource.entity
        if not rows or own_methods(resource.service, _ROWS):
            return (), rows.keys()
        condition = True if resource.guard is None else resource.guard.condition("read")
        if isinstance(condition, bool):
            return rows.keys() if condition else (), ()
        asked = _asked_of(resource, condition)
        known = {key: _some(each, asked) for key, each in rows.items() if asked <= each.keys()}
        if isinstance(entity, MappedEntity):
            were = await did_hold(self.session, entity, known, condition)
        else:
            documents: Any = entity
            were = await documents.did_hold(self.session, known, condition)
        return were, rows.keys() - known.keys()


def _asked_of(resource: Resource, condition: Any) -> frozenset[str]:
    """Of what a filter of documents asks for nobody knows more than of all of them."""
    if isinstance(resource.entity, MappedEntity):
        return asked_of(condition, resource.entity)
    return resource.guard.deciding if resource.guard else frozenset()


def _some(values: Mapping[str, Any], names: Collection[str]) -> Mapping[str, Any]:
    return {name: values[name] for name in names}


def shape_of(resource: Resource) -> Shape:
    return parameters_of(resource).default


def sight(resource: Resource, subject: Any) -> Hashable:
    """Those of one sight, of what REST answers of a resource, are told the same."""
    resources = [*_embedded(resource, shape_of(resource))]
    if any(own_methods(each.service, _READS) for each in resources):
        return personal(subject)
    return tuple(None if each.guard is None else each.guard.sight() for each in resources)


def personal(subject: Any) -> Hashable:
    return subject.principal, subject.tenant, subject.roles


def _embedded(resource: Resource, shape: Shape) -> Iterator[Resource]:
    yield resource
    for name, nested in shape.embeds.items():
        yield from _embedded(resource.relation[name].target, nested)


# What keys and values are packed as. A value of a type that is not here is not known afterwards.
_AT_ONCE = 500
_TYPES: Mapping[str, Any] = {
    "BigInteger": int,
    "Boolean": bool,
    "Integer": int,
    "String": str,
    "Text": str,
}


def packed(resource: Resource, rows: Mapping[Any, Change] | None) -> Iterator[bytes]:
    """For a stream: keys and operations, and of what was, what decided who could read it."""
    if rows is None:
        yield b"null"
        return
    key, adapters = resource.key.adapter, _adapters(resource)
    content = [
        [
            key.dump_python(each, mode="json"),
            change.operation,
            None if change.before is None else _packed(adapters, change.before),
        ]
        for each, change in rows.items()
    ]
    for start in range(0, len(content), _AT_ONCE):
        yield orjson.dumps(content[start : start + _AT_ONCE])


def unpacked(resource: Resource, data: bytes) -> Mapping[Any, Change] | None:
    content = orjson.loads(data)
    if content is None:
        return None
    key, adapters = resource.key.adapter, _adapters(resource)
    try:
        return {
            key.validate_python(each): Change(
                operation, None if before is None else _unpacked(adapters, before)
            )
            for each, operation, before in content
        }
    except ValidationError:
        # Of a version of the service with other types.
        return None


def _packed(adapters: Mapping[str, TypeAdapter[Any]], before: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: None if value is None else adapters[name].dump_python(value, mode="json")
        for name, value in before.items()
        if name in adapters
    }


def _unpacked(
    adapters: Mapping[str, TypeAdapter[Any]], before: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        name: None if value is None else adapters[name].validate_python(value)
        for name, value in before.items()
        if name in adapters
    }


@cache
def _adapters(resource: Resource) -> Mapping[str, TypeAdapter[Any]]:
    """By attribute."""
    entity: Entity = resource.entity
    hidden = {
        name: TypeAdapter(_TYPES[each.kind])
        for name, each in entity.properties.items()
        if each.kind in _TYPES
    }
    return hidden | {name: each.adapter for name, each in resource.by_attribute.items()}
