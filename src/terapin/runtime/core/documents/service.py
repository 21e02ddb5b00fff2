"""The service of a model in MongoDB: what its endpoints do, to be overridden where it differs."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from pymongo.errors import DuplicateKeyError

from .. import integrity
from ..changes import changed
from ..entities import entity_of
from ..errors import NotFound, PreconditionFailed, Unavailable
from ..idempotency import Ledger
from ..merge import is_same, merged
from ..pagination import Page, PageQuery, key_term, total_order
from ..resource import Relation
from ..schemas import values
from ..service import Create, Service, Update
from .document import Document
from .errors import told
from .expressions import ALL, Filter, every
from .idempotency import CollectionLedger, promised
from .keyset import ordered, paginate
from .rows import Rows

Model = TypeVar("Model", bound=Document)

# Of an update that says nothing of the version it expects, and comes second to others.
ATTEMPTS = 20
_chance = random.SystemRandom()
LONGEST_WAIT = 0.1


class DocumentService(Service[Model, Create, Update]):
    """What it writes is written at once: there is no transaction that spans documents."""

    @classmethod
    def check_model(cls) -> None:
        if not issubclass(cls.model, Document):
            raise TypeError(
                f"{cls.model.__name__} is no document: make {cls.__module__}.{cls.__name__} a CrudService, "
                "from core/crud.py, instead of a DocumentService"
            )

    def query(self) -> Filter:
        return ALL

    async def get(self, key: Any) -> Model:
        found = await self._rows.find(self._by_key(key))
        if not found:
            raise NotFound
        return found[0]

    async def list(self, page: PageQuery) -> Page[Model]:
        return await paginate(self._rows, self.query(), page)

    async def create(self, data: Create) -> Model:
        given = values(data)
        key = entity_of(self.model).key
        again = promised(self.session, self.model)
        if again and key.kind == "UUID":
            given.setdefault(key.attribute, again)
        await integrity.check(self.session, self.model, given, data)
        with told(self.model, type(data)):
            row = self.model(**given)
            document = row.to_bson()
            self._changes(row)
            try:
                await self._rows.insert(document)
            except DuplicateKeyError:
                made = await self._rows.find(self._by_key(again)) if again else []
                if not made:
                    raise
                return made[0]
        return self._rows.model.from_bson(document)

    async def update(self, key: Any, data: Update, *, version: int | None = None) -> Model:
        given = values(data)
        for attempt in range(ATTEMPTS):
            row = await self._expected(key, version)
            if not attempt:
                await integrity.check(self.session, self.model, given, data)
            with told(self.model, type(data)):
                change = _change(row, given)
                if change is None:
                    return row
                self._changes(row)
                updated = await self._rows.change(self._unchanged(row), change)
            if updated is not None:
                return updated
            # The next round finds out whether it was changed or deleted.
            await asyncio.sleep(_chance.uniform(0, min(LONGEST_WAIT, 0.001 * 2**attempt)))
        raise Unavailable("it is being changed too often")

    async def delete(self, key: Any, *, version: int | None = None) -> None:
        row = await self._expected(key, version)
        removal = await integrity.removal(self.session, entity_of(self.model), key)
        self._changes(row)
        if version is not None:
            await self._claim(row)
        await removal.release()
        await removal.apply()
        if not await self._rows.delete(self._by_key(key)):
            raise NotFound

    async def related(
        self, relation: Relation, values: Collection[Any], page: PageQuery
    ) -> Mapping[Any, Page[Model]]:
        remote = relation.remote
        where = every((self.query(), *page.where))
        if not relation.many:
            found = await self._rows.find(where & remote.in_(values))
            return {getattr(row, remote.key): Page([row]) for row in found}
        terms = total_order(self.model, page.sort or relation.order)
        stages = [{"$match": where.document}, *ordered(terms, page.limit + 1, page.offset)]
        rows: dict[Any, list[Model]] = {}
        encoded = map(remote.encode, values)
        for row in await self._rows.shares(encoded, remote.column, stages):
            rows.setdefault(getattr(row, remote.key), []).append(row)
        return {
            value: Page.of(self.model, terms, share, page.limit) for value, share in rows.items()
        }

    def ledger(self, principal: str, key: str) -> Ledger:
        return CollectionLedger(
            self._rows.source, principal, key, session=self.session, model=self.model
        )

    @property
    def _rows(self) -> Rows[Model]:
        return Rows(self.model, self.session)

    def _changes(self, row: Model) -> None:
        """Said before it is done, which is certain only afterwards."""
        changed(self.session, self.model.__collection__, [self._key(row)])

    def _key(self, row: Model) -> Any:
        return getattr(row, key_term(self.model).column.key)

    def _by_key(self, key: Any) -> Filter:
        has_key: Filter = key_term(self.model).column == key
        return self.query() & has_key

    def _unchanged(self, row: Model) -> Filter:
        same_version: Filter = self.model.row_version == row.row_version
        return self._by_key(self._key(row)) & same_version

    async def _claim(self, row: Model) -> None:
        """From here on nobody else has seen the last version: what goes with the row can go before it."""
        if await self._rows.change(self._unchanged(row), {"$inc": {"row_version": 1}}) is None:
            raise PreconditionFailed

    async def _expected(self, key: Any, version: int | None) -> Model:
        row = await self.get(key)
        if version is not None and row.row_version != version:
            raise PreconditionFailed
        return row


def _change(row: Document, given: Mapping[str, Any]) -> dict[str, Any] | None:
    """What has to be done to the row for it to hold what was given; None if it does already."""
    written: dict[str, Any] = {}
    emptied: dict[str, str] = {}
    for attribute, value in given.items():
        field = row.__stored__[attribute]
        before = getattr(row, attribute)
        after = merged(before, value)
        encoded = field.encode(after)
        if field.kind == "JSON":
            unchanged = is_same(before, after)
        else:
            # Such as -0.0 and 0.0, which Python takes for equal.
            unchanged = repr(encoded) == repr(field.encode(before))
        if unchanged:
            continue
        if encoded is None:
            emptied[field.column] = ""
        else:
            written[field.column] = encoded
    if not (written or emptied):
        return None
    operators = {"$set": written, "$unset": emptied, "$inc": {"row_version": 1}}
    return {name: fields for name, fields in operators.items() if fields}
