"""Where seeding puts rows: tables here, collections in `documents`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import asyncpg
from sqlalchemy import ARRAY, Column, Dialect, Select, Table, and_, bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from .entities import Entity
from .mapped import MappedEntity, kind_of, unique_sets
from .resource import Resource, Resources
from .samples import Source, sources

# Of the keys that a column refers to, as many are in use: they bound the memory.
KEYS = 100_000

Row = tuple[Any, ...]
# The place of what a column refers to.
PlaceOf = Callable[[Entity], "Place"]


class Place(ABC):
    """A table or a collection: what is put there, and the keys that others refer to. Equal if it is the same one."""

    @property
    @abstractmethod
    def name(self) -> str: ...

    @abstractmethod
    async def count(self) -> int: ...

    @abstractmethod
    async def keys(self) -> list[Any]:
        """Evenly from all of them, where there are more than can be kept."""

    @abstractmethod
    async def keys_behind(self, key: Any, count: int) -> list[Any]:
        """The next ones in their order, from the first on without a `key`."""

    @abstractmethod
    async def held(self, columns: Sequence[str], values: Sequence[Row]) -> set[Row]:
        """Those of the values that stand in these columns."""

    @abstractmethod
    async def insert(self, columns: Sequence[str], rows: Sequence[Row]) -> None: ...


@dataclass(frozen=True)
class Filling:
    """What a place is filled with: its own values come from `sources`, ready to be inserted.

    `references` are the columns that other rows' keys go into; `unique` are the sets of columns that must differ from
    row to row and would not do so by themselves.
    """

    place: Place
    sources: Mapping[str, Source]
    references: Mapping[str, Place]
    nullable: Collection[str]
    unique: Sequence[tuple[str, ...]]
    links: bool = False

    @property
    def name(self) -> str:
        return self.place.name

    @property
    def refers_to_itself(self) -> bool:
        return self.place in self.references.values()

    def targets(self, *, nullable: bool) -> set[Place]:
        """The other places that it refers to."""
        places = {
            target
            for name, target in self.references.items()
            if nullable or name not in self.nullable
        }
        return places - {self.place}

    @cached_property
    def columns(self) -> tuple[str, ...]:
        return (*self.references, *self.sources)

    @cached_property
    def numbered(self) -> set[str]:
        """The columns whose values are numbered instead of drawn."""
        return {name for each in self.unique for name in each} - self.references.keys()

    def distinct(self, rows: list[Row]) -> list[Row]:
        """Without rows that repeat what must be unique, and links of a row to itself."""
        if self.links and len({*self.references.values()}) == 1:
            rows = [row for row in rows if len({*row}) > 1]
        for names in self.unique:
            seen: set[Row] = set()
            kept = []
            for row, values in zip(rows, self._values(names, rows), strict=True):
                if None in values or values not in seen:
                    kept.append(row)
                    seen.add(values)
            rows = kept
        return rows

    async def new(self, rows: list[Row]) -> list[Row]:
        """Without those whose unique values are there already."""
        for names in self.unique:
            values = self._values(names, rows)
            held = await self.place.held(names, [each for each in values if None not in each])
            rows = [row for row, each in zip(rows, values, strict=True) if each not in held]
        return rows

    def _values(self, names: Sequence[str], rows: Sequence[Row]) -> list[Row]:
        """Of some columns, in each row."""
        places = [self.columns.index(name) for name in names]
        return list(zip(*([row[place] for row in rows] for place in places), strict=True))


class Tables:
    """Those of a database, filled in the transaction of a connection."""

    @classmethod
    async def of(cls, connection: AsyncConnection) -> Tables:
        # Begins the transaction, too: the driver by itself would write outside of it.
        await connection.execute(text("SET LOCAL statement_timeout = 0"))
        driver: Any = (await connection.get_raw_connection()).driver_connection
        return cls(connection.dialect, driver)

    def __init__(self, dialect: Dialect, driver: asyncpg.Connection[asyncpg.Record]) -> None:
        self._dialect = dialect
        self._driver = driver

    def filling(self, resource: Resource, size: int, place_of: PlaceOf) -> Filling:
        entity = resource.entity
        table = self._table(entity)
        made = self._bound(table, sources(resource, size))
        referring = (each for each in entity.properties.values() if each.reference)
        loose = {
            each.column: place_of(entity.references[each.attribute])
            for each in referring
            if not each.held
        }
        return self._filling(table, made, loose)

    def links(self, resources: Resources) -> Iterator[Filling]:
        """The tables of many-to-many relationships."""
        tables = {
            relationship.secondary
            for resource in resources
            if isinstance(resource.entity, MappedEntity)
            for relationship in resource.entity.mapper.relationships
            if isinstance(relationship.secondary, Table)
        }
        for table in sorted(tables, key=lambda each: each.name):
            yield self._filling(table, {}, {}, links=True)

    def place(self, entity: Entity) -> Place:
        table = self._table(entity)
        return _TablePlace(table, table.columns[entity.key.column], self)

    def _table(self, entity: Entity) -> Table:
        if not isinstance(entity, MappedEntity):
            raise TypeError(f"{entity.name} is no table")
        return entity.table

    def _filling(
        self,
        table: Table,
        made: Mapping[str, Source],
        loose: Mapping[str, Place],
        *,
        links: bool = False,
    ) -> Filling:
        held = {
            column.name: _TablePlace(target.table, target, self)
            for column in table.columns
            for target in (each.column for each in column.foreign_keys)
        }
        given = {*made, *held, *loose}
        counted = table.autoincrement_column
        differing = {name for name in made if kind_of(table.columns[name].type) == "UUID"}
        if counted is not None and counted.name not in given:
            differing.add(counted.name)
        sets = {tuple(column.name for column in each) for each in unique_sets(table)}
        return Filling(
            _TablePlace(table, next(iter(table.primary_key)), self),
            made,
            {**held, **loose},
            {column.name for column in table.columns if column.nullable},
            sorted(each for each in sets if not differing.intersection(each)),
            links,
        )

    def _bound(self, table: Table, made: Mapping[str, Source]) -> dict[str, Source]:
        """The sources of a table's columns, their values as the driver takes them."""
        found = dict(made)
        for name, source in found.items():
            type_ = table.columns[name].type
            if bind := type_.dialect_impl(self._dialect).bind_processor(self._dialect):
                found[name] = source.bound(bind)
        return found

    async def column(self, query: Select[Any]) -> list[Any]:
        return [record[0] for record in await self.fetch(query)]

    async def fetch(self, query: Select[Any]) -> list[asyncpg.Record]:
        """By the driver itself: its values are those that COPY takes."""
        compiled: Any = query.compile(dialect=self._dialect)
        arguments = (compiled.params[name] for name in compiled.positiontup)
        return await self._driver.fetch(compiled.string, *arguments)

    async def next_numbers(self, table: Table, column: str, count: int) -> list[Any]:
        """Taken from the sequence here, because COPY would not tell them."""
        name = self._dialect.identifier_preparer.format_table(table)
        sequence = func.pg_get_serial_sequence(name, column)
        numbers = func.generate_series(1, count).table_valued("number")
        return await self.column(select(func.nextval(sequence)).select_from(numbers))

    async def copy(self, table: Table, columns: Sequence[str], rows: Sequence[Row]) -> None:
        await self._driver.copy_records_to_table(
            table.name, schema_name=table.schema, columns=[*columns], records=rows
        )


@dataclass(frozen=True)
class _TablePlace(Place):
    table: Table
    key: Column[Any] = field(compare=False)
    tables: Tables = field(compare=False)

    @property
    def name(self) -> str:
        return self.table.name

    async def count(self) -> int:
        (count,) = await self.tables.column(select(func.count()).select_from(self.table))
        return int(count)

    async def keys(self) -> list[Any]:
        all_keys = select(
            self.key.label("key"),
            func.row_number().over(order_by=self.key).label("number"),
            func.count().over().label("total"),
        ).subquery()
        step = func.greatest(all_keys.c.total // KEYS, 1)
        query = select(all_keys.c.key).where(all_keys.c.number % step == 0)
        return await self.tables.column(query.order_by(all_keys.c.number).limit(KEYS))

    async def keys_behind(self, key: Any, count: int) -> list[Any]:
        query = select(self.key).order_by(self.key).limit(count)
        return await self.tables.column(query if key is None else query.where(self.key > key))

    async def held(self, columns: Sequence[str], values: Sequence[Row]) -> set[Row]:
        chosen = [self.table.columns[name] for name in columns]
        given = (
            bindparam(None, [each[place] for each in values], ARRAY(column.type))
            for place, column in enumerate(chosen)
        )
        names = [f"value{place}" for place in range(len(chosen))]
        new = func.unnest(*given).table_valued(*names).render_derived("new")
        same = (column == new.c[name] for column, name in zip(chosen, names, strict=True))
        query = select(*chosen).join_from(self.table, new, and_(*same))
        return {tuple(record) for record in await self.tables.fetch(query)}

    async def insert(self, columns: Sequence[str], rows: Sequence[Row]) -> None:
        counted = self.table.autoincrement_column
        if counted is not None and counted.name not in columns:
            numbers = await self.tables.next_numbers(self.table, counted.name, len(rows))
            columns = (*columns, counted.name)
            rows = [(*row, number) for row, number in zip(rows, numbers, strict=True)]
        await self.tables.copy(self.table, columns, rows)
