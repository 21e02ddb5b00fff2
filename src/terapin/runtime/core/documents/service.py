"""The service of a model in MongoDB: what its endpoints do, to be overridden where it differs."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

from pymongo.errors import DuplicateKeyError

from .. import integrity
from ..changes import Change, changed
from ..changes import Operation as Written
from ..entities import entity_of
from ..errors import NotFound, PreconditionFailed, Unavailable
from ..guard import Operation, hide
from ..idempotency import Ledger
from ..merge import is_same, merged
from ..noticing import kept
from ..pagination import Page, PageQuery, key_term, total_order
from ..resource import Relation
from ..schemas import values
from ..service import Create, Service, Update
from ..sources.manager import sources_of
from .document import Document
from .errors import told
from .expressions import ALL, Filter, every, filter_of
from .idempotency import CollectionLedger, promised
from .keyset import ordered, paginate
from .rows import Json, Rows

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

    def readable(self) -> Filter:
        return every((self.query(), self._allowed("read")))

    async def visible(self, keys: Collection[Any]) -> Collection[Any]:
        if self.guard is None or self.guard.condition("read") is True:
            return keys
        key = key_term(self.model).column
        found = await self._rows.keys(self.readable() & key.in_(keys))
        return {key.decode(each) for each in found}

    async def get(self, key: Any) -> Model:
        self._admit("read")
        found = await self._rows.find(self._by_key(key))
        if not found:
            raise NotFound
        await self._hide(found)
        return found[0]

    async def list(self, page: PageQuery) -> Page[Model]:
        self._admit("read")
        found = await paginate(self._rows, self.readable(), page)
        await self._hide(found.items)
        return found

    async def create(self, data: Create) -> Model:
        self._admit("create")
        given = values(data)
        key = entity_of(self.model).key
        again = promised(self.session, self.model)
        if again and key.kind == "UUID":
            given.setdefault(key.attribute, again)
        await integrity.check(self.session, self.model, given, data, self.guard)
        with told(self.model, type(data)):
            row = self.model(**given)
            document = row.to_bson()
            await self._check("create", document)
            self._changes(row, "create")
            try:
                await self._rows.insert(document)
            except DuplicateKeyError:
                own: Filter = key_term(self.model).column == again
                made = await self._rows.find(self.query() & own) if again else []
                if not made:
                    raise
                await self._hide(made)
                return made[0]
        made = [self._rows.model.from_bson(document)]
        await self._hide(made)
        return made[0]

    async def update(self, key: Any, data: Update, *, version: int | None = None) -> Model:
        given = values(data)
        for attempt in range(ATTEMPTS):
            row = await self._permitted(key, version, "update", given)
            if not attempt:
                await integrity.check(self.session, self.model, given, data, self.guard)
            with told(self.model, type(data)):
                change = _change(row, given)
                if change is None:
                    return row
                await self._check("update", {**row.to_bson(), **change.get("$set", {})}, change)
                self._changes(row, "update", given)
                updated = await self._rows.change(self._unchanged(row), change)
            if updated is not None:
                await self._hide([updated])
                return updated
            # The next round finds out whether it was changed or deleted.
            await asyncio.sleep(_chance.uniform(0, min(LONGEST_WAIT, 0.001 * 2**attempt)))
        raise Unavailable("it is being changed too often")

    async def delete(self, key: Any, *, version: int | None = None) -> None:
        row = await self._permitted(key, version, "delete")
        removal = await integrity.removal(self.session, entity_of(self.model), key)
        self._changes(row, "delete")
        asked = self._condition("read"), self._condition("delete")
        if version is not None or not all(isinstance(each, bool) for each in asked):
            await self._claim(row, version)
        await removal.release()
        await removal.apply()
        own: Filter = key_term(self.model).column == key
        if not await self._rows.delete(self.query() & own):
            raise NotFound

    async def related(
        self, relation: Relation, values: Collection[Any], page: PageQuery
    ) -> Mapping[Any, Page[Model]]:
        remote = relation.remote
        where = every((self.readable(), *page.where))
        if not relation.many:
            found = await self._rows.find(where & remote.in_(values))
            await self._hide(found)
            return {getattr(row, remote.key): Page([row]) for row in found}
        terms = total_order(self.model, page.sort or relation.order)
        stages = [{"$match": where.document}, *ordered(terms, page.limit + 1, page.offset)]
        rows: dict[Any, list[Model]] = {}
        encoded = map(remote.encode, values)
        shares = await self._rows.shares(encoded, remote.column, stages)
        await self._hide(shares)
        for row in shares:
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

    def _changes(self, row: Model, operation: Written, given: Collection[str] = ()) -> None:
        """Said before it is done, which is certain only afterwards."""
        name = self.model.__collection__
        names = kept(sources_of(self.session), name)
        before = None
        if operation == "delete" or (operation == "update" and not names.isdisjoint(given)):
            before = {each: getattr(row, each) for each in names}
        changed(self.session, name, [self._key(row)], Change(operation, before))

    def _key(self, row: Model) -> Any:
        return getattr(row, key_term(self.model).column.key)

    def _by_key(self, key: Any) -> Filter:
        has_key: Filter = key_term(self.model).column == key
        return self.readable() & has_key

    def _unchanged(self, row: Model) -> Filter:
        same_version: Filter = self.model.row_version == row.row_version
        return self._by_key(self._key(row)) & same_version

    async def _claim(self, row: Model, version: int | None) -> None:
        """From here on nobody else has seen the last version: what goes with the row can go before it."""
        if await self._rows.change(self._unchanged(row), {"$inc": {"row_version": 1}}) is None:
            raise Unavailable("it is being changed") if version is None else PreconditionFailed

    def _condition(self, operation: Operation) -> Any:
        return True if self.guard is None else self.guard.condition(operation)

    def _allowed(self, operation: Operation) -> Filter:
        return filter_of(self._condition(operation))

    def _admit(self, operation: Operation) -> None:
        if self.guard is not None:
            self.guard.admit(operation)

    async def _permitted(
        self,
        key: Any,
        version: int | None,
        operation: Operation,
        attributes: Collection[str] = (),
    ) -> Model:
        """The row, if it is readable and whoever asks may do this with it, and with these of its fields."""
        if self.guard is None:
            return await self._expected(key, version)
        self._admit("read")
        self._admit(operation)
        row = await self.get(key)
        document = row.to_bson()
        await self._check(operation, document)
        fields = self.guard.fields("update") if operation == "update" else {}
        refused = [
            name
            for name in attributes
            if name in fields and not await self._meets(document, fields[name])
        ]
        if refused:
            raise self.guard.refusal(operation, refused)
        if version is not None and row.row_version != version:
            raise PreconditionFailed
        return row

    async def _check(
        self, operation: Operation, document: Json, change: Mapping[str, Any] | None = None
    ) -> None:
        """Raises Forbidden if whoever asks may not have such a document, of which a `change` empties fields."""
        condition = self._condition(operation)
        if condition is True or self.guard is None:
            return
        emptied = (change or {}).get("$unset", {})
        left = {name: value for name, value in document.items() if name not in emptied}
        if not await self._meets(left, condition):
            raise self.guard.refusal(operation)

    async def _meets(self, document: Json, condition: Any) -> bool:
        if isinstance(condition, bool):
            return condition
        return await self._rows.meets(document, condition)

    async def _hide(self, rows: Sequence[Model]) -> None:
        """Note of each row which of its fields whoever asks may not read."""
        if self.guard is None or not self.guard.restricted:
            return
        fields = self.guard.fields("read")
        key = key_term(self.model).column
        keys = [self._key(row) for row in rows]
        shown = {
            name: {
                key.decode(each)
                for each in await self._rows.keys(filter_of(condition) & key.in_(keys))
            }
            for name, condition in fields.items()
            if condition is not False and rows
        }
        for row in rows:
            unread = (name for name in fields if self._key(row) not in shown.get(name, ()))
            hide(row, frozenset(unread))

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
