"""Models that lie in tables: their facts are those of SQLAlchemy's mapper."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, cast

from sqlalchemy import (
    Column,
    Enum,
    ForeignKey,
    Index,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    delete,
    inspect,
    select,
    type_coerce,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, Mapper, RelationshipProperty

from .database import Base
from .entities import Ends, Entity, Property, models
from .relations import OnDelete, Reference


class MappedEntity(Entity):
    model: type[Base]

    @cached_property
    def mapper(self) -> Mapper[Any]:
        mapper: Mapper[Any] = inspect(self.model)
        mapper.registry.configure()
        return mapper

    @cached_property
    def table(self) -> Table:
        return cast(Table, self.mapper.local_table)

    @property
    def name(self) -> str:
        return self.table.name

    @cached_property
    def properties(self) -> Mapping[str, Property]:
        return {
            each.key: _property(each.key, self.table.columns[each.columns[0].name])
            for each in self.mapper.column_attrs
        }

    @cached_property
    def key(self) -> Property:
        return self.properties[self._attribute(self.mapper.primary_key[0])]

    @cached_property
    def unique(self) -> Sequence[tuple[str, ...]]:
        return [
            tuple(self._attribute(column) for column in columns)
            for columns in unique_sets(self.table)
        ]

    def _attribute(self, column: Any) -> str:
        return self.mapper.get_property_by_column(column).key

    def operand(self, attribute: str) -> Any:
        """A value of more digits than a decimal column has is to be compared, not rounded or refused."""
        operand = super().operand(attribute)
        exact = self.properties[attribute].kind == "Decimal"
        return type_coerce(operand, Numeric) if exact else operand

    def ends(self, relationship: Any) -> Ends:
        if not isinstance(relationship, InstrumentedAttribute):
            return super().ends(relationship)
        property_ = cast(RelationshipProperty[Any], relationship.property)
        links: Any = property_.secondary_synchronize_pairs
        remote: Any = links[0][0] if links else property_.local_remote_pairs[0][1]
        target = property_.mapper
        return Ends(
            target=target.class_,
            many=bool(property_.uselist),
            local=self._attribute(property_.local_remote_pairs[0][0]),
            remote=target.get_property_by_column(remote).key,
            order=[
                (target.get_property_by_column(column).key, column is not term)
                for term in property_.order_by or ()
                for column in (getattr(term, "element", term),)
            ],
            secondary=cast(Table | None, property_.secondary),
            here=property_.synchronize_pairs[0][1] if links else None,
            there=links[0][1] if links else None,
        )

    async def exists(self, session: AsyncSession, key: Any) -> bool:
        """Whoever deletes the row waits for the session to end, as for a foreign key of PostgreSQL's own."""
        statement = select(self._key).where(self._key == key)
        locked = statement.with_for_update(read=True, key_share=True)
        return (await session.execute(locked)).first() is not None

    async def claim(self, session: AsyncSession, keys: Collection[Any]) -> None:
        """They are locked since they were found."""

    async def referring(
        self,
        session: AsyncSession,
        attribute: str,
        values: Collection[Any],
        *,
        besides: Collection[Any] = (),
        limit: int | None = None,
    ) -> list[Any]:
        """Locked: nobody comes to refer to a row that is about to be deleted with the one it refers to."""
        refers = getattr(self.model, attribute).in_(values)
        statement = select(self._key).where(refers).order_by(self._key).limit(limit)
        if besides:
            statement = statement.where(self._key.not_in(besides))
        return [*await session.scalars(statement.with_for_update())]

    async def release(self, session: AsyncSession, attribute: str, keys: Collection[Any]) -> None:
        emptied = {attribute: None, "row_version": self.model.row_version + 1}
        await session.execute(update(self.model).where(self._key.in_(keys)).values(emptied))

    async def remove(self, session: AsyncSession, keys: Collection[Any]) -> None:
        await session.execute(delete(self.model).where(self._key.in_(keys)))

    @property
    def _key(self) -> Any:
        return getattr(self.model, self.key.attribute)


def unique_sets(table: Table) -> Iterator[list[Column[Any]]]:
    for each in (*table.constraints, *table.indexes):
        if isinstance(each, PrimaryKeyConstraint | UniqueConstraint) or (
            isinstance(each, Index) and each.unique
        ):
            yield [*each.columns]


def _property(attribute: str, column: Column[Any]) -> Property:
    constraint = next(iter(column.foreign_keys), None)
    type_: Any = column.type
    return Property(
        attribute=attribute,
        column=column.name,
        kind=kind_of(type_),
        nullable=bool(column.nullable),
        length=getattr(type_, "length", None),
        precision=getattr(type_, "precision", None),
        scale=getattr(type_, "scale", None),
        zoned=bool(getattr(type_, "timezone", False)),
        values=type_.enums if isinstance(type_, Enum) else (),
        reference=_reference(constraint) if constraint else column.info.get("reference"),
        held=constraint is not None,
        counted=column.identity is not None or column.computed is not None,
        preset=column.server_default is not None,
    )


def _reference(constraint: ForeignKey) -> Reference | None:
    """None where the table that it refers to is no model's."""
    column = constraint.column
    model = _model_of(column.table)
    if model is None:
        return None
    attribute = inspect(model).get_property_by_column(column).key
    on_delete = cast(OnDelete, constraint.ondelete or "RESTRICT")
    return Reference(model.__name__, attribute, on_delete)


_models: dict[Any, type[Any]] = {}


def _model_of(table: Any) -> type[Any] | None:
    """Of several, the one that was declared first."""
    if table not in _models:
        for model in models():
            if hasattr(model, "__table__"):
                _models.setdefault(model.__table__, model)
    return _models.get(table)


# By the name of a class of SQLAlchemy or SQLAlchemy-Utils; a type that is not named here is what its base is.
_KINDS = {
    "BigInteger": "BigInteger",
    "Boolean": "Boolean",
    "ColorType": "Color",
    "CountryType": "Country",
    "CurrencyType": "Currency",
    "Date": "Date",
    "DateTime": "DateTime",
    "EmailType": "Email",
    "Enum": "Enum",
    "Float": "Float",
    "IPAddressType": "IPAddress",
    "Integer": "Integer",
    "Interval": "Interval",
    "JSON": "JSON",
    "LargeBinary": "Binary",
    "Numeric": "Decimal",
    "PhoneNumberType": "Phone",
    "String": "String",
    "Text": "Text",
    "Time": "Time",
    "TimezoneType": "Timezone",
    "URLType": "URL",
    "Uuid": "UUID",
}


def kind_of(type_: Any) -> str:
    """The type in the words of the ontology, or the name of its class where those have none."""
    classes = type(type_).__mro__
    known = (_KINDS[each.__name__] for each in classes if each.__name__ in _KINDS)
    return next(known, classes[0].__name__)
