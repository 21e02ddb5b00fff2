"""The service of a model in PostgreSQL: what its endpoints do, to be overridden where it differs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter
from sqlalchemy import Select, Table, delete, inspect, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from . import integrity, triggers
from .database import Base
from .entities import entity_of
from .errors import NotFound, PreconditionFailed
from .guard import Guard, Operation
from .idempotency import Ledger, TableLedger
from .keyset import paginate
from .lateral import columns_only, to_many, to_one
from .mapped import MappedEntity
from .merge import is_same, merged
from .pagination import Page, PageQuery, key_term
from .permitted import hide_unreadable, holds, narrowed, would_hold
from .resource import Relation
from .schemas import UpdateSchema, values
from .service import Create, Service, Update

Model = TypeVar("Model", bound=Base)


class CrudService(Service[Model, Create, Update]):
    @classmethod
    def check_model(cls) -> None:
        if not issubclass(cls.model, Base):
            raise TypeError(
                f"{cls.model.__name__} is no table: make {cls.__module__}.{cls.__name__} a DocumentService, "
                "from core/documents, instead of a CrudService"
            )

    def query(self) -> Select[Model]:
        query: Select[Any] = select(self.model)
        return query

    def readable(self) -> Select[Model]:
        query = self.query()
        return query if self.guard is None else narrowed(query, self.guard.condition("read"))

    async def visible(self, keys: Collection[Any]) -> Collection[Any]:
        if self.guard is None or self.guard.condition("read") is True:
            return keys
        column = key_term(self.model).column
        query = self.readable().with_only_columns(column).where(column.in_(keys))
        return {*await self.session.scalars(query)}

    async def get(self, key: Any) -> Model:
        self._admit("read")
        row = await self._one(self._by_key(key))
        await self._hide([row])
        return row

    async def list(self, page: PageQuery) -> Page[Model]:
        self._admit("read")
        query = self.readable().options(*columns_only(self.model))
        found = await paginate(self.session, query, page)
        await self._hide(found.items)
        return found

    async def create(self, data: Create) -> Model:
        self._admit("create")
        given = values(data)
        row = cast(Model, self.model(**given))
        await integrity.check(self.session, self.model, given, data, self.guard)
        await self._check("create", row, is_written=False)
        self.session.add(row)
        await self._write(row)
        await self._check("create", row)
        await self._changed("create", row)
        await self._hide([row])
        return row

    async def update(self, key: Any, data: Update, *, version: int | None = None) -> Model:
        given = values(data)
        row = await self._locked(key, version, "update", given)
        await integrity.check(self.session, self.model, given, data, self.guard)
        for attribute, value in given.items():
            before = getattr(row, attribute)
            after = merged(before, value)
            if not self._is_same(type(data), attribute, before, after):
                setattr(row, attribute, after)
                if before == after:
                    # SQLAlchemy compares as Python does, to which 1, 1.0 and true are equal.
                    flag_modified(row, attribute)
        if self.session.is_modified(row):
            await self._check("update", row, is_written=False)
            await self._write(row)
            await self._check("update", row)
            await self._changed("update", row)
        await self._hide([row])
        return row

    async def delete(self, key: Any, *, version: int | None = None) -> None:
        row = await self._locked(key, version, "delete")
        removal = await integrity.removal(self.session, entity_of(self.model), key)
        await removal.release()
        await self.session.delete(row)
        await self._flush()
        await removal.apply()
        await self._changed("delete", row)

    async def related(
        self, relation: Relation, values: Collection[Any], page: PageQuery
    ) -> Mapping[Any, Page[Model]]:
        query = self.readable().options(*columns_only(self.model)).where(*page.where)
        if relation.many:
            found = await to_many(self.session, query, relation, values, page)
        else:
            found = await to_one(self.session, query, relation, values)
        await self._hide([row for each in found.values() for row in each.items])
        return found

    async def link(self, key: Any, relation: Relation, target_key: Any) -> None:
        table, link = await self._link(key, relation, target_key)
        await self.session.execute(insert(table).values(link).on_conflict_do_nothing())

    async def unlink(self, key: Any, relation: Relation, target_key: Any) -> None:
        table, link = await self._link(key, relation, target_key)
        criteria = [table.c[name] == value for name, value in link.items()]
        await self.session.execute(delete(table).where(*criteria))

    async def _link(
        self, key: Any, relation: Relation, target_key: Any
    ) -> tuple[Table, dict[str, Any]]:
        row = await self._changeable(key)
        target = await relation.target.service(self.session).get(target_key)
        here, there = relation.link_columns
        return here.table, {
            here.name: getattr(row, relation.local),
            there.name: getattr(target, relation.remote.key),
        }

    def ledger(self, principal: str, key: str) -> Ledger:
        return TableLedger(self.session, principal, key)

    def _by_key(self, key: Any) -> Select[Model]:
        query = self.readable().options(*columns_only(self.model))
        return query.where(key_term(self.model).column == key)

    async def _one(self, query: Select[Model]) -> Model:
        row = (await self.session.scalars(query)).one_or_none()
        if row is None:
            raise NotFound
        return row

    async def _locked(
        self,
        key: Any,
        version: int | None,
        operation: Operation,
        attributes: Collection[str] = (),
    ) -> Model:
        query = self._by_key(key).with_for_update(of=self.model)
        query = query.execution_options(populate_existing=True)
        if self.guard is None:
            row = await self._one(query)
        else:
            row = await self._permitted(query, self.guard, operation, attributes)
        if version is not None and row.row_version != version:
            raise PreconditionFailed
        return row

    async def _permitted(
        self,
        query: Select[Model],
        guard: Guard,
        operation: Operation,
        attributes: Collection[str],
    ) -> Model:
        """The row, if it is readable and whoever asks may do this with it, and with these of its fields."""
        self._admit("read")
        self._admit(operation)
        conditions = {"": guard.condition(operation)}
        if operation == "update":
            fields = guard.fields("update")
            conditions |= {name: fields[name] for name in attributes if name in fields}
        asked = {name: each for name, each in conditions.items() if not isinstance(each, bool)}
        found = (await self.session.execute(query.add_columns(*asked.values()))).one_or_none()
        if found is None:
            raise NotFound
        row, *answers = found
        allowed = {**conditions, **dict(zip(asked, answers, strict=True))}
        refused = [name for name, answer in allowed.items() if answer is not True]
        if refused:
            raise guard.refusal(operation, () if "" in refused else refused)
        return cast(Model, row)

    async def _changeable(self, key: Any) -> Model:
        """A row whose links are about to change."""
        if self.guard is None:
            return await self.get(key)
        return await self._locked(key, None, "update")

    def _admit(self, operation: Operation) -> None:
        if self.guard is not None:
            self.guard.admit(operation)

    async def _check(self, operation: Operation, row: Model, *, is_written: bool = True) -> None:
        """Raises Forbidden if whoever asks may not have the row be as it is, or will be."""
        condition = True if self.guard is None else self.guard.condition(operation)
        if self.guard is None or condition is True:
            return
        decide = holds if is_written else would_hold
        entity = entity_of(self.model)
        assert isinstance(entity, MappedEntity)
        if condition is False or not await decide(self.session, entity, row, condition):
            raise self.guard.refusal(operation)

    async def _hide(self, rows: Sequence[Model]) -> None:
        if self.guard is not None and self.guard.restricted:
            entity = entity_of(self.model)
            assert isinstance(entity, MappedEntity)
            await hide_unreadable(self.session, entity, self.guard.fields("read"), rows)

    def _is_same(self, schema: type[Update], attribute: str, before: Any, after: Any) -> bool:
        """Whether it would be kept and answered as it is already."""
        property_ = entity_of(self.model).properties.get(attribute)
        if property_ is not None and property_.kind == "JSON":
            return is_same(before, after)
        if isinstance(after, float):
            return repr(before) == repr(after)
        if isinstance(after, str) and not isinstance(before, str) and before is not None:
            # An object, such as a `furl`, of which the schema makes what clients see.
            before = _adapter(schema, attribute).validate_python(before)
        return bool(before == after)

    async def _changed(self, change: triggers.Change, row: Model) -> None:
        if triggers.has_triggers(self.model):
            key = getattr(row, entity_of(self.model).key.attribute)
            await triggers.fire(self.session, self.model, change, key)

    async def _write(self, row: Model) -> None:
        """Flush, and read back what the database made of it: defaults, scales, canonical forms."""
        await self._flush()
        await self.session.refresh(row, _column_names(self.model))

    async def _flush(self) -> None:
        try:
            await self.session.flush()
        except StaleDataError:
            raise PreconditionFailed from None


def _column_names(model: type[Base]) -> Sequence[str]:
    return [attribute.key for attribute in inspect(model).column_attrs]


@cache
def _adapter(schema: type[UpdateSchema], attribute: str) -> TypeAdapter[Any]:
    return TypeAdapter(schema.model_fields[attribute].rebuild_annotation())
