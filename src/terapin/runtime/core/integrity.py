"""References that no database holds: those between sources, and those inside MongoDB.

A target is looked for before what refers to it is written, and held meanwhile, as PostgreSQL does for a foreign key:
a row of a table by its lock, a document by an entry in it. When a row is deleted, what becomes of those who refer to
it is done here, also behind tables whose own foreign keys cascade; and so are the references that PostgreSQL would set
to null, because it would leave those rows the version that they had.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from .entities import Entity, entity_of, models
from .errors import Conflict, Fault, pointer
from .guard import Guard
from .relations import OnDelete
from .schemas import WriteSchema, json_name

# Rows that are looked for, emptied or deleted at once.
BATCH = 1_000


async def check(
    session: AsyncSession,
    model: type[Any],
    given: Mapping[str, Any],
    data: WriteSchema,
    guard: Guard | None = None,
) -> None:
    """Raises Conflict where one of the values that were `given` refers to nothing; `data` is what clients sent.

    With the `guard` of the model, what whoever asks may not read is nothing.
    """
    entity = entity_of(model)
    own_key = given.get(entity.key.attribute)
    faults = []
    for attribute, target in (entity.references if guard else loose(entity)).items():
        value = given.get(attribute)
        if value is None or (target is entity and value == own_key):
            continue
        held = entity.properties[attribute].held
        there = await _is_visible(session, guard, target, value) and (
            held or await target.exists(session, value)
        )
        if not there:
            place = pointer([json_name(type(data), attribute)])
            faults.append(Fault(pointer=place, detail="refers to nothing that exists"))
    if faults:
        raise Conflict("a reference has no target", faults=faults)


async def _is_visible(session: AsyncSession, guard: Guard | None, target: Entity, key: Any) -> bool:
    resource = guard.resource.siblings.get(target.model) if guard else None
    return resource is None or bool(await resource.service(session).visible([key]))


async def removal(session: AsyncSession, entity: Entity, key: Any) -> Removal:
    """What else is to be done when this row is deleted. Raises Conflict where that is refused."""
    removal = Removal(session, entity, key)
    if _is_concern(entity):
        await removal.collect(entity, [key])
        await removal.check()
    return removal


class Removal:
    """What is done to those who refer to a row that is deleted, and to those who refer to them."""

    def __init__(self, session: AsyncSession, entity: Entity, key: Any) -> None:
        self._session = session
        self._root = {entity: {key}}
        self._doomed: dict[Entity, set[Any]] = {}
        self._steps: list[tuple[_Referrer, list[Any]]] = []

    async def collect(self, entity: Entity, keys: Collection[Any]) -> None:
        doomed = self._doomed.setdefault(entity, set())
        new = [key for key in keys if key not in doomed]
        doomed.update(new)
        if not (new and _referrers(entity)):
            return
        for batch in _batches(new):
            await entity.claim(self._session, batch)
        for referrer in _referrers(entity):
            if referrer.is_ours:
                self._steps.append((referrer, new))
            if referrer.on_delete == "CASCADE" and _is_concern(referrer.entity):
                for batch in _batches(new):
                    found = await self._referring(referrer, batch)
                    await self.collect(referrer.entity, found)

    async def check(self) -> None:
        for referrer, keys in self._steps:
            if referrer.on_delete not in ("CASCADE", "SET NULL"):
                besides = self._doomed.get(referrer.entity, ())
                for batch in _batches(keys):
                    if await self._referring(referrer, batch, besides=besides, limit=1):
                        raise Conflict(f"{referrer.entity.name} still refer to it")

    async def release(self) -> None:
        """Empty what PostgreSQL itself would, but without another version of the row."""
        for referrer, keys in self._steps:
            if referrer.held:
                for batch in _batches(keys):
                    await self._release(referrer, batch)

    async def apply(self) -> None:
        """From the outermost inwards, so that what is left when it fails refers to what is there."""
        for referrer, keys in reversed(self._steps):
            for batch in () if referrer.held else _batches(keys):
                if referrer.on_delete == "CASCADE":
                    await self._remove(referrer, batch)
                elif referrer.on_delete == "SET NULL":
                    await self._release(referrer, batch)

    async def _remove(self, referrer: _Referrer, keys: list[Any]) -> None:
        besides = self._root.get(referrer.entity, ())
        while found := await self._referring(referrer, keys, besides=besides, limit=BATCH):
            await referrer.entity.remove(self._session, found)

    async def _release(self, referrer: _Referrer, keys: list[Any]) -> None:
        besides = self._doomed.get(referrer.entity, ())
        while found := await self._referring(referrer, keys, besides=besides, limit=BATCH):
            await referrer.entity.release(self._session, referrer.attribute, found)

    async def _referring(
        self,
        referrer: _Referrer,
        keys: list[Any],
        *,
        besides: Collection[Any] = (),
        limit: int | None = None,
    ) -> list[Any]:
        return await referrer.entity.referring(
            self._session, referrer.attribute, keys, besides=besides, limit=limit
        )


class _Referrer(NamedTuple):
    entity: Entity
    attribute: str
    on_delete: OnDelete
    held: bool

    @property
    def is_ours(self) -> bool:
        """Whether it is core that does what is to be done."""
        return not self.held or self.on_delete == "SET NULL"


@cache
def loose(entity: Entity) -> Mapping[str, Entity]:
    """The references that no database holds to."""
    return {
        attribute: target
        for attribute, target in entity.references.items()
        if not entity.properties[attribute].held
    }


@cache
def _referrers(target: Entity) -> Sequence[_Referrer]:
    return [
        _Referrer(entity, attribute, property_.reference.on_delete, property_.held)
        for entity in map(entity_of, models())
        for attribute, referred in entity.references.items()
        for property_ in (entity.properties[attribute],)
        if referred is target and property_.reference
    ]


@cache
def _is_concern(entity: Entity) -> bool:
    """Whether anything but the database has to follow when rows of it are deleted."""
    seen = {entity}
    waiting = [entity]
    while waiting:
        for referrer in _referrers(waiting.pop()):
            if referrer.is_ours:
                return True
            if referrer.on_delete == "CASCADE" and referrer.entity not in seen:
                seen.add(referrer.entity)
                waiting.append(referrer.entity)
    return False


def _batches(keys: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]
