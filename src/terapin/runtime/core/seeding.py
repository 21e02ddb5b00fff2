"""Fills tables and collections with believable data: the command `seed`, and the rows that tests read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from random import Random
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from .entities import Entity
from .mapped import MappedEntity
from .places import Filling, Place, Row, Tables
from .resource import Resources
from .samples import POOL, CannotFillError, Chance, Source
from .sources.manager import Sources

BATCH = 5_000
LINKS = 2
# How often a nullable column is null; a reference to the own table more often, so that trees stay shallow.
NULLS = 0.15
ROOTS = 0.6
# Rows that clash are drawn again, until so many draws in a row brought none: there are no more then.
BARREN = 10

Progress = Callable[[str, int, int], None]


async def seed(
    connection: AsyncConnection | None,
    resources: Resources,
    *,
    sources: Sources | None = None,
    rows: int,
    seed: int = 0,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Add `rows` rows to every table and collection, and say how many each got.

    Tables are filled in the transaction of `connection`, collections in the open `sources`: each is needed where
    there are such. Rows are fewer where unique values run out, or keys to refer to. The same `seed` puts the same rows
    into empty tables on the same day. `progress` hears of a table, how many rows it got and how many it should get.
    """
    tables = await Tables.of(connection) if connection else None
    size = max(1, min(rows, POOL))
    made = {}
    for filling in _ordered([*_fillings(resources, _Places(tables, sources), size)]):
        wanted = rows * LINKS if filling.links else rows
        made[filling.name] = 0
        async for count in _fill(filling, wanted, seed):
            made[filling.name] += count
            if progress:
                progress(filling.name, made[filling.name], wanted)
    return made


async def has_rows(
    connection: AsyncConnection | None, resources: Resources, *, sources: Sources | None = None
) -> bool:
    """Whether there are any, in whichever table or collection of a resource."""
    places = _Places(await Tables.of(connection) if connection else None, sources)
    for resource in resources:
        if await places(resource.entity).keys_behind(None, 1):
            return True
    return False


@dataclass(frozen=True)
class _Places:
    """Of entities in tables and in collections."""

    tables: Tables | None
    sources: Sources | None

    def __call__(self, entity: Entity) -> Place:
        if isinstance(entity, MappedEntity):
            return self.of_tables.place(entity)
        place: Place = _documents().place(entity, self.of_documents)
        return place

    @property
    def of_tables(self) -> Tables:
        if self.tables is None:
            raise CannotFillError("there are tables to fill, and no connection to their database")
        return self.tables

    @property
    def of_documents(self) -> Sources:
        if self.sources is None:
            raise CannotFillError("there are collections to fill, and no sources that are open")
        return self.sources


def _documents() -> Any:
    """Of a service without MongoDB it is no part."""
    return import_module(".documents.seeding", __package__)


def _fillings(resources: Resources, places: _Places, size: int) -> Iterator[Filling]:
    for resource in resources:
        if isinstance(resource.entity, MappedEntity):
            yield places.of_tables.filling(resource, size, places)
        else:
            yield _documents().filling(resource, size, places)
    if places.tables:
        yield from places.tables.links(resources)


def _ordered(fillings: Sequence[Filling]) -> Iterator[Filling]:
    """Tables behind those they refer to; where they go round in a circle, nullable columns may refer to later ones."""
    waiting = {filling.place: filling for filling in fillings}
    required = {place: each.targets(nullable=False) for place, each in waiting.items()}
    all_targets = {place: each.targets(nullable=True) for place, each in waiting.items()}
    while waiting:
        ready = next(
            (
                place
                for targets in (all_targets, required)
                for place in waiting
                if not targets[place] & waiting.keys()
            ),
            next(iter(waiting)),
        )
        yield waiting.pop(ready)


async def _fill(filling: Filling, wanted: int, seed: int) -> AsyncIterator[int]:
    """Fill a place by batches; yields the size of each."""
    before = await filling.place.count()
    drawing = _Drawing(filling, Chance(None if before else f"{seed} {filling.name}"), before)
    made = barren = 0
    while made < wanted and barren < BARREN:
        size = min(BATCH, wanted - made)
        if filling.refers_to_itself and not before + made:
            # The next rows need some to refer to.
            size = max(1, size // 10)
        rows = await drawing.rows(size)
        if before + made:
            rows = await filling.new(rows)
        if rows:
            await filling.place.insert(filling.columns, rows)
        made += len(rows)
        barren = 0 if rows else barren + 1
        yield len(rows)


@dataclass
class _Drawing:
    """Draws the rows of a place; `number` is what its next row is numbered."""

    filling: Filling
    chance: Random
    number: int

    def __post_init__(self) -> None:
        self._keys: dict[str, _Keys] = {}
        self._last_used: dict[str, Any] = {}

    async def rows(self, size: int) -> list[Row]:
        """At most so many, each unlike the others in what must be unique."""
        drawn = [await self._referred(name, size) for name in self.filling.references]
        size = min(map(len, drawn), default=size)
        drawn += [self._values(name, source, size) for name, source in self.filling.sources.items()]
        self.number += size
        # A table may have nothing but a counted key.
        rows = list(zip(*drawn, strict=False)) if drawn else [()] * size
        return self.filling.distinct(rows)

    def _values(self, name: str, source: Source, size: int) -> list[Any]:
        if name in self.filling.numbered:
            values = [source.numbered(self.number + each) for each in range(size)]
        else:
            values = source.some(self.chance, size)
        return self._thinned(name, values, NULLS)

    def _thinned(self, name: str, values: list[Any], share: float) -> list[Any]:
        if name not in self.filling.nullable:
            return values
        draw = self.chance.random
        return [None if draw() < share else value for value in values]

    async def _referred(self, name: str, size: int) -> list[Any]:
        """What a foreign key holds in the next rows; too few where there are no more to refer to."""
        nullable = name in self.filling.nullable
        if (name,) in self.filling.unique:
            drawn = await self._once(name, size)
            return drawn + [None] * (size - len(drawn)) if nullable else drawn
        own = self.filling.references[name] == self.filling.place
        keys, draw = await self._known(name, growing=own), self.chance.random
        if not keys:
            return [None] * size if nullable else []
        # Some are referred to far more often than others, as in life.
        drawn = [keys[int(len(keys) * draw() ** 2)] for _ in range(size)]
        return self._thinned(name, drawn, ROOTS if own else NULLS)

    async def _once(self, name: str, size: int) -> list[Any]:
        """Keys that no row holds; from the first again, when those of rows that clashed are left."""
        last = self._last_used.get(name)
        keys = await self._unused(name, size, last)
        if not keys and last is not None:
            keys = await self._unused(name, size, None)
        if keys:
            self._last_used[name] = keys[-1]
        return keys

    async def _unused(self, name: str, size: int, last: Any) -> list[Any]:
        """The next keys that the column does not hold."""
        unused: list[Any] = []
        while len(unused) < size:
            keys = await self.filling.references[name].keys_behind(last, BATCH)
            if not keys:
                break
            held = await self.filling.place.held((name,), [(key,) for key in keys])
            unused += [key for key in keys if (key,) not in held]
            last = keys[-1]
        return unused[:size]

    async def _known(self, name: str, *, growing: bool) -> list[Any]:
        """The keys to refer to; those of a table that grows meanwhile, each time it has doubled."""
        known = self._keys.get(name)
        if known is None or (growing and self.number >= 2 * known.number):
            keys = await self.filling.references[name].keys()
            known = self._keys[name] = _Keys(self.number, keys)
        return known.keys


class _Keys(NamedTuple):
    """As they were when the next row had this number."""

    number: int
    keys: list[Any]
