"""What became of each table and column of a schema in the next one.

An entity and a relationship are known by their IRI, a field by its name; what `orm:formerly` names is the
same thing. A foreign key that no field declares is its relationship's, whatever it is called.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass

from ..model import Entity, Relationship, ServiceModel
from .schema import Column, Schema, Table, schema_of

Key = Callable[[Column], Hashable | None]


@dataclass(frozen=True, slots=True)
class TableChange:
    """A table that stays; `columns` are those that stay, as they were and as they are."""

    old: Table
    new: Table
    columns: tuple[tuple[Column, Column], ...]
    dropped: tuple[Column, ...]
    added: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """`entities` has, by the IRI of today, the one of before.

    `collections` are those that stay where they are, and `moved` the tables and collections, as they were and as they
    are, whose entities live in another source than before.
    """

    stayed: tuple[TableChange, ...]
    dropped: tuple[Table, ...]
    added: tuple[Table, ...]
    entities: Mapping[str, str]
    collections: tuple[TableChange, ...] = ()
    moved: tuple[tuple[Table, Table], ...] = ()

    def former(self, iri: str | None) -> str | None:
        """The IRI that an entity had; one that is new has its own."""
        return self.entities.get(iri, iri) if iri else None

    def moves(self, table: Table) -> bool:
        """Whether its entity is there before and after, if elsewhere."""
        return any(table is each for pair in self.moved for each in pair)


def changed(old: ServiceModel | None, new: ServiceModel) -> Change:
    """From one model to the next; from nothing to the first. What is one entity in both has one table."""
    schema = schema_of(new)
    if old is None:
        return _Matcher(Schema(), schema).change()
    return _Matcher(schema_of(old, _same_tables(old, new, schema)), schema).change()


def _same_tables(old: ServiceModel, new: ServiceModel, schema: Schema) -> dict[str, Table]:
    """Those of entities that are the same object in both models, as are the ones that they refer to."""
    same = {iri for iri, entity in old.entities.items() if new.entities.get(iri) is entity}
    return {
        iri: table
        for table in schema.tables
        if isinstance(table.source, Entity) and (iri := table.source.iri) in same
        if all(
            field.foreign_key.entity in same for field in table.source.fields if field.foreign_key
        )
    }


class _Matcher:
    """`entities` and `relationships` have, by the IRI of today, the one of before."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self.old = old
        self.new = new
        self.entities = _former(_entities(old), _entities(new))
        self.relationships = _former(_relationships(old), _relationships(new))

    def change(self) -> Change:
        left = {_identity(table): table for table in self.old.tables}
        stayed: list[TableChange] = []
        added: list[Table] = []
        for table in self.new.tables:
            identity = self.former_identity(table)
            if identity in left and self.joins_the_same(left[identity], table):
                stayed.append(self.table(left.pop(identity), table))
            else:
                added.append(table)
        kept = list(self.kept_entities())
        return Change(
            tuple(stayed),
            tuple(left.values()),
            tuple(added),
            self.entities,
            tuple(self.table(*pair) for pair in kept if _home(pair[0]) == _home(pair[1])),
            tuple(pair for pair in kept if _home(pair[0]) != _home(pair[1])),
        )

    def kept_entities(self) -> Iterator[tuple[Table, Table]]:
        """As they were and are, those that are on MongoDB or were."""
        before = {_identity(each): each for each in (*self.old.tables, *self.old.collections)}
        for new in (*self.new.tables, *self.new.collections):
            old = before.get(self.entities.get(_identity(new), ""))
            if old and (_home(old) or _home(new)):
                yield old, new

    def former_identity(self, table: Table) -> str | None:
        match table.source:
            case Entity(iri=iri):
                return self.entities.get(iri)
            case Relationship(iri=iri):
                return self.relationships.get(iri)
        return table.name

    def joins_the_same(self, old: Table, new: Table) -> bool:
        return sorted(joined(old)) == sorted(self.former_ends(new))

    def former_ends(self, table: Table) -> tuple[str, ...]:
        return tuple(self.entities.get(iri, "") for iri in joined(table))

    def table(self, old: Table, new: Table) -> TableChange:
        if old is new:
            return TableChange(old, new, tuple(zip(old.columns, new.columns, strict=True)), (), ())
        pairs = self.join_columns(old, new) if joined(new) else self.columns(old, new)
        before, now = {one.name for one, _ in pairs}, {other.name for _, other in pairs}
        return TableChange(
            old,
            new,
            tuple(pairs),
            tuple(each for each in old.columns if each.name not in before),
            tuple(each for each in new.columns if each.name not in now),
        )

    def join_columns(self, old: Table, new: Table) -> list[tuple[Column, Column]]:
        """The two ends may have changed places."""
        same = joined(old) == self.former_ends(new)
        return list(zip(old.columns if same else old.columns[::-1], new.columns, strict=True))

    def columns(self, old: Table, new: Table) -> list[tuple[Column, Column]]:
        left = {each.name: each for each in old.columns}
        open_ = {each.name: each for each in new.columns}
        pairs = []
        for old_key, new_key in self.keys():
            if not left or not open_:
                break
            known = {key: each for each in left.values() if (key := old_key(each)) is not None}
            for column in list(open_.values()):
                former = known.get(new_key(column))
                if former and former.name in left and self.refers_to_the_same(former, column):
                    pairs.append((left.pop(former.name), open_.pop(column.name)))
        return pairs

    def keys(self) -> tuple[tuple[Key, Key], ...]:
        """What a column is known by before and now, the surest first."""
        return (
            (made_by, lambda column: self.relationships.get(made_by(column) or "")),
            (_name, _name),
            (related_by, lambda column: self.relationships.get(related_by(column) or "")),
            (_name, _former_name),
        )

    def refers_to_the_same(self, old: Column, new: Column) -> bool:
        """Whether two foreign keys do; what is none can become one."""
        target, other = referred(old), referred(new)
        return target is None or other is None or self.entities.get(other) == target


def _former(
    old: Mapping[str, Entity | Relationship], new: Mapping[str, Entity | Relationship]
) -> dict[str, str]:
    former = {iri: iri if iri in old else each.formerly or "" for iri, each in new.items()}
    return {
        iri: name
        for iri, name in former.items()
        if name in old and (name == iri or name not in new)
    }


def _entities(schema: Schema) -> dict[str, Entity]:
    return {
        each.source.iri: each.source
        for each in (*schema.tables, *schema.collections)
        if isinstance(each.source, Entity)
    }


def _home(table: Table) -> str | None:
    """The source on MongoDB."""
    return table.source.data_source if isinstance(table.source, Entity) else None


def _relationships(schema: Schema) -> dict[str, Relationship]:
    """By IRI, of the two ends of each either one."""
    return {end.iri: end for entity in _entities(schema).values() for end in entity.relationships}


def _identity(table: Table) -> str:
    return table.source.iri if table.source else table.name


def joined(table: Table) -> tuple[str, ...]:
    """The two entities of a join table."""
    join = table.source.join_table if isinstance(table.source, Relationship) else None
    return (join.left, join.right) if join else ()


def referred(column: Column) -> str | None:
    """The entity that a foreign key refers to."""
    key = column.source.foreign_key if column.source else None
    return key.entity if key else None


def made_by(column: Column) -> str | None:
    return related_by(column) if column.source and column.source.made else None


def related_by(column: Column) -> str | None:
    key = column.source.foreign_key if column.source else None
    return key.relationship if key else None


def _name(column: Column) -> tuple[bool, str]:
    """Columns of core are apart from fields of the same name."""
    return (False, column.source.name) if column.source else (True, column.name)


def _former_name(column: Column) -> tuple[bool, str] | None:
    former = column.source.formerly if column.source else None
    return (False, former) if former else None
