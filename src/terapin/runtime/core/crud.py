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

from . import integrity
from .database import Base
from .entities import entity_of
from .errors import NotFound, PreconditionFailed
from .idempotency import Ledger, TableLedger
from .keyset import paginate
from .lateral import columns_only, to_many, to_one
from .merge import is_same, merged
from .pagination import Page, PageQuery, key_term
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

    async def get(self, key: Any) -> Model:
        return await self._one(self._by_key(key))

    async def list(self, page: PageQuery) -> Page[Model]:
        query = self.query().options(*columns_only(self.model))
        return await paginate(self.session, query, page)

    async def create(self, data: Create) -> Model:
        given = values(data)
        row = cast(Model, self.model(**given))
        await integrity.check(self.session, self.model, given, data)
        self.session.add(row)
        await self._write(row)
        return row

    async def update(self, key: Any, data: Update, *, version: int | None = None) -> Model:
        row = await self._locked(key, version)
        given = values(data)
        await integrity.check(self.session, self.model, given, data)
        for attribute, value in given.items():
            before = getattr(row, attribute)
            after = merged(before, value)
            if not self._is_same(type(data), attribute, before, after):
                setattr(row, attribute, after)
                # SQLAlchemy compares as Python does, to which 1, 1.0 and true are equal.
                flag_modified(row, attribute)
        if self.session.is_modified(row):
            await self._write(row)
        return row

    async def delete(self, key: Any, *, version: int | None = None) -> None:
        row = await self._locked(key, version)
        removal = await integrity.removal(self.session, entity_of(self.model), key)
        await removal.release()
        await self.session.delete(row)
        await self._flush()
        await removal.apply()

    async def related(
        self, relation: Relation, values: Collection[Any], page: PageQuery
    ) -> Mapping[Any, Page[Model]]:
        query = self.query().options(*columns_only(self.model)).where(*page.where)
        if relation.many:
            return await to_many(self.session, query, relation, values, page)
        return await to_one(self.session, query, relation, values)

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
        row = await self.get(key)
        target = await relation.target.service(self.session).get(target_key)
        here, there = relation.link_columns
        return here.table, {
            here.name: getattr(row, relation.local),
            there.name: getattr(target, relation.remote.key),
        }

    def ledger(self, principal: str, key: str) -> Ledger:
        return TableLedger(self.session, principal, key)

    def _by_key(self, key: Any) -> Select[Model]:
        query = self.query().options(*columns_only(self.model))
        return query.where(key_term(self.model).column == key)

    async def _one(self, query: Select[Model]) -> Model:
        row = (await self.session.scalars(query)).one_or_none()
        if row is None:
            raise NotFound
        return row

    async def _locked(self, key: Any, version: int | None) -> Model:
        query = self._by_key(key).with_for_update(of=self.model)
        row = await self._one(query.execution_options(populate_existing=True))
        if version is not None and row.row_version != version:
            raise PreconditionFailed
        return row

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
