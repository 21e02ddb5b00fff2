"""Fills the tables with believable data: the command `seed`, and the rows that tests read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any, NamedTuple

import asyncpg
from sqlalchemy import (
    ARRAY,
    Column,
    Dialect,
    Index,
    PrimaryKeyConstraint,
    Select,
    Table,
    UniqueConstraint,
    Uuid,
    and_,
    bindparam,
    exists,
    func,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from .resource import Resource, Resources
from .samples import POOL, Chance, Source, sources

BATCH = 5_000
# Of the keys that a column refers to, as many are in use: they bound the memory.
KEYS = 100_000
LINKS = 2
# How often a nullable column is null; a reference to the own table more often, so that trees stay shallow.
NULLS = 0.15
ROOTS = 0.6
# Rows that clash are drawn again, until so many draws in a row brought none: there are no more then.
BARREN = 10

Progress = Callable[[str, int, int], None]
Row = tuple[Any, ...]


async def seed(
    connection: AsyncConnection,
    resources: Resources,
    *,
    rows: int,
    seed: int = 0,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Add `rows` rows to every table, in the connection's transaction, and say how many each got.

    They are fewer where unique values run out, or keys to refer to. The same `seed` puts the same rows into
    empty tables on the same day. `progress` hears of a table, how many rows it got and how many it should get.
    """
    # Begins the transaction, too: the driver by itself would write outside of it.
    await connection.execute(text("SET LOCAL statement_timeout = 0"))
    driver: Any = (await connection.get_raw_connection()).driver_connection
    store = _Store(connection.dialect, driver)
    size = max(1, min(rows, POOL))
    made = {}
    for table in _ordered([*_entities(resources, size, connection.dialect), *_links(resources)]):
        wanted = rows * LINKS if table.links else rows
        made[table.name] = 0
        async for count in _fill(store, table, wanted, seed):
            made[table.name] += count
            if progress:
                progress(table.name, made[table.name], wanted)
    return made


@dataclass(frozen=True)
class _Filling:
    """What a table is filled with: its own values come from `sources`, ready for the driver."""

    table: Table
    sources: Mapping[str, Source]
    links: bool = False

    @property
    def name(self) -> str:
        return self.table.name

    @cached_property
    def references(self) -> dict[str, Column[Any]]:
        """The columns that other rows' keys go into, and what they refer to."""
        return {
            column.name: next(iter(column.foreign_keys)).column
            for column in self.table.columns
            if column.foreign_keys
        }

    @property
    def refers_to_itself(self) -> bool:
        return any(target.table is self.table for target in self.references.values())

    @cached_property
    def counted(self) -> str | None:
        """The key that a sequence of the database gives."""
        column = self.table.autoincrement_column
        return None if column is None or column.name in self.columns else column.name

    @cached_property
    def columns(self) -> tuple[str, ...]:
        return (*self.references, *self.sources)

    @cached_property
    def unique(self) -> list[tuple[str, ...]]:
        """The sets of columns that must differ from row to row and would not do so by themselves."""
        sets = {
            tuple(column.name for column in each.columns)
            for each in (*self.table.constraints, *self.table.indexes)
            if isinstance(each, PrimaryKeyConstraint | UniqueConstraint)
            or (isinstance(each, Index) and each.unique)
        }
        return sorted(each for each in sets if not any(map(self._differs, each)))

    def _differs(self, name: str) -> bool:
        column = self.table.columns[name]
        return name == self.counted or (name in self.sources and isinstance(column.type, Uuid))

    @cached_property
    def numbered(self) -> set[str]:
        """The columns whose values are numbered instead of drawn."""
        return {name for each in self.unique for name in each} - self.references.keys()

    def keys(self, names: tuple[str, ...], rows: Sequence[Row]) -> list[Row]:
        """The values of some columns in each row."""
        places = [self.columns.index(name) for name in names]
        return list(zip(*([row[place] for row in rows] for place in places), strict=True))

    def distinct(self, rows: list[Row]) -> list[Row]:
        """Without rows that repeat what must be unique, and links of a row to itself."""
        if self.links and len({*self.references.values()}) == 1:
            rows = [row for row in rows if len({*row}) > 1]
        for names in self.unique:
            seen: set[Row] = set()
            kept = []
            for row, key in zip(rows, self.keys(names, rows), strict=True):
                if None in key or key not in seen:
                    kept.append(row)
                    seen.add(key)
            rows = kept
        return rows


def _entities(resources: Resources, size: int, dialect: Dialect) -> Iterator[_Filling]:
    for resource in resources:
        yield _Filling(resource.table, _bound(resource, size, dialect))


def _bound(resource: Resource, size: int, dialect: Dialect) -> dict[str, Source]:
    """The sources of a table's columns, their values as the driver takes them."""
    found = dict(sources(resource, size))
    for name, source in found.items():
        bind = resource.table.columns[name].type.dialect_impl(dialect).bind_processor(dialect)
        if bind:
            found[name] = source.bound(bind)
    return found


def _links(resources: Resources) -> Iterator[_Filling]:
    tables = {
        relationship.secondary
        for resource in resources
        for relationship in resource.mapper.relationships
        if isinstance(relationship.secondary, Table)
    }
    for table in sorted(tables, key=lambda each: each.name):
        yield _Filling(table, {}, links=True)


def _ordered(fillings: Sequence[_Filling]) -> Iterator[_Filling]:
    """Tables behind those they refer to; where they go round in a circle, nullable columns may refer to later ones."""
    waiting = {filling.table: filling for filling in fillings}
    required = {table: _targets(each, nullable=False) for table, each in waiting.items()}
    all_targets = {table: _targets(each, nullable=True) for table, each in waiting.items()}
    while waiting:
        ready = next(
            (
                table
                for targets in (all_targets, required)
                for table in waiting
                if not targets[table] & waiting.keys()
            ),
            next(iter(waiting)),
        )
        yield waiting.pop(ready)


def _targets(filling: _Filling, *, nullable: bool) -> set[Table]:
    columns = filling.table.columns
    tables = {
        target.table
        for name, target in filling.references.items()
        if nullable or not columns[name].nullable
    }
    return tables - {filling.table}


async def _fill(store: _Store, filling: _Filling, wanted: int, seed: int) -> AsyncIterator[int]:
    """Fill a table by batches; yields the size of each."""
    before = await store.count(filling.table)
    drawing = _Drawing(store, filling, Chance(None if before else f"{seed} {filling.name}"), before)
    made = barren = 0
    while made < wanted and barren < BARREN:
        size = min(BATCH, wanted - made)
        if filling.refers_to_itself and not before + made:
            # The next rows need some to refer to.
            size = max(1, size // 10)
        rows = await drawing.rows(size)
        if before + made:
            rows = await store.new(filling, rows)
        if rows:
            await store.insert(filling, rows)
        made += len(rows)
        barren = 0 if rows else barren + 1
        yield len(rows)


@dataclass
class _Drawing:
    """Draws the rows of a table; `number` is what its next row is numbered."""

    store: _Store
    filling: _Filling
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
        if not self.filling.table.columns[name].nullable:
            return values
        draw = self.chance.random
        return [None if draw() < share else value for value in values]

    async def _referred(self, name: str, size: int) -> list[Any]:
        """What a foreign key holds in the next rows; too few where there are no more to refer to."""
        column, target = self.filling.table.columns[name], self.filling.references[name]
        own = target.table is column.table
        if (name,) in self.filling.unique:
            drawn = await self._once(column, target, size)
            return drawn + [None] * (size - len(drawn)) if column.nullable else drawn
        keys, draw = await self._known(name, target, growing=own), self.chance.random
        if not keys:
            return [None] * size if column.nullable else []
        # Some are referred to far more often than others, as in life.
        drawn = [keys[int(len(keys) * draw() ** 2)] for _ in range(size)]
        return self._thinned(name, drawn, ROOTS if own else NULLS)

    async def _once(self, column: Column[Any], target: Column[Any], size: int) -> list[Any]:
        """Keys that no row holds; from the first again, when those of rows that clashed are left."""
        last = self._last_used.get(column.name)
        keys = await self.store.unused_keys(target, column, size, last)
        if not keys and last is not None:
            keys = await self.store.unused_keys(target, column, size, None)
        if keys:
            self._last_used[column.name] = keys[-1]
        return keys

    async def _known(self, name: str, target: Column[Any], *, growing: bool) -> list[Any]:
        """The keys to refer to; those of a table that grows meanwhile, each time it has doubled."""
        known = self._keys.get(name)
        if known is None or (growing and self.number >= 2 * known.number):
            known = self._keys[name] = _Keys(self.number, await self.store.keys(target))
        return known.keys


class _Keys(NamedTuple):
    """As they were when the next row had this number."""

    number: int
    keys: list[Any]


@dataclass(frozen=True)
class _Store:
    """The statements. They go to the driver itself: its values are those that COPY takes."""

    dialect: Dialect
    driver: asyncpg.Connection[asyncpg.Record]

    async def count(self, table: Table) -> int:
        ((count,),) = await self._fetch(select(func.count()).select_from(table))
        return int(count)

    async def keys(self, column: Column[Any]) -> list[Any]:
        """Evenly from all of them, where there are more than can be kept."""
        all_keys = select(
            column.label("key"),
            func.row_number().over(order_by=column).label("number"),
            func.count().over().label("total"),
        ).subquery()
        step = func.greatest(all_keys.c.total // KEYS, 1)
        query = select(all_keys.c.key).where(all_keys.c.number % step == 0)
        return await self._column(query.order_by(all_keys.c.number).limit(KEYS))

    async def unused_keys(
        self, target: Column[Any], column: Column[Any], count: int, after: Any
    ) -> list[Any]:
        """Of the target's keys, the next ones that the column does not hold."""
        key = target.table.alias("target").columns[target.name]
        query = select(key).where(~exists().where(column == key)).order_by(key).limit(count)
        return await self._column(query if after is None else query.where(key > after))

    async def new(self, filling: _Filling, rows: list[Row]) -> list[Row]:
        """Without those whose unique values stand in the table."""
        for names in filling.unique:
            keys = filling.keys(names, rows)
            found = await self._existing([filling.table.columns[name] for name in names], keys)
            rows = [row for row, key in zip(rows, keys, strict=True) if key not in found]
        return rows

    async def _existing(self, columns: list[Column[Any]], keys: list[Row]) -> set[Row]:
        given = (
            bindparam(None, [key[place] for key in keys], ARRAY(column.type))
            for place, column in enumerate(columns)
        )
        names = [f"value{place}" for place in range(len(columns))]
        new = func.unnest(*given).table_valued(*names).render_derived("new")
        same = (column == new.c[name] for column, name in zip(columns, names, strict=True))
        query = select(*columns).join_from(columns[0].table, new, and_(*same))
        return {tuple(record) for record in await self._fetch(query)}

    async def insert(self, filling: _Filling, rows: list[Row]) -> None:
        columns = list(filling.columns)
        if filling.counted:
            numbers = await self._next(filling.table, filling.counted, len(rows))
            columns.append(filling.counted)
            rows = [(*row, number) for row, number in zip(rows, numbers, strict=True)]
        await self.driver.copy_records_to_table(
            filling.table.name, schema_name=filling.table.schema, columns=columns, records=rows
        )

    async def _next(self, table: Table, column: str, count: int) -> list[Any]:
        """Taken from the sequence here, because COPY would not tell them."""
        name = self.dialect.identifier_preparer.format_table(table)
        sequence = func.pg_get_serial_sequence(name, column)
        numbers = func.generate_series(1, count).table_valued("number")
        return await self._column(select(func.nextval(sequence)).select_from(numbers))

    async def _column(self, query: Select[Any]) -> list[Any]:
        return [record[0] for record in await self._fetch(query)]

    async def _fetch(self, query: Select[Any]) -> list[asyncpg.Record]:
        compiled: Any = query.compile(dialect=self.dialect)
        arguments = (compiled.params[name] for name in compiled.positiontup)
        return await self.driver.fetch(compiled.string, *arguments)
