"""POST and PATCH as one statement, which is its own transaction and gives back the object that it has made.

What the statement is refused for, or finds nothing to do for, is done again and told by the ordinary path: nothing has
happened then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import quote

from pydantic import ValidationError
from sqlalchemy import Column, Select, Table, bindparam, func, insert, or_, select, update
from starlette.requests import Request

from .. import bodies
from ..changes import Change, Changes
from ..changes import Operation as Written
from ..database import Database, UnknownCommitError
from ..errors import BadRequest, Invalid
from ..etags import etag, expected_versions
from ..guard import Operation
from ..idempotency import HEADER
from ..mapped import MappedEntity
from ..noticing import is_watched, kept, wrote
from ..parameters import parameters_of
from ..resource import Resource
from ..routes import public_path
from ..schemas import values
from ..sources.manager import Sources
from . import sql
from .compilation import Statement, compiled
from .eligible import NotCompiledError
from .messages import JSON, Answer, Incoming
from .reading import selected
from .remembered import Remembered

_KEY = "terapin key"
_VERSION = "terapin version"
_IDEMPOTENCY = HEADER.lower().encode()


def _is_free(resource: Resource, *operations: Operation) -> bool:
    guard = resource.guard
    if guard is None:
        return True
    every_row = all(guard.condition(each) is True for each in operations)
    return every_row and not guard.fields("read") and not guard.fields("update")


def _sources(incoming: Incoming) -> Sources:
    found: Sources = incoming.scope["app"].state.sources
    return found


class _Write:
    media_types: tuple[bytes, ...] = (bodies.JSON.encode(),)

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        self._guard = resource.siblings.guard
        self._statements: Remembered[Any, Statement] = Remembered()

    def may(self, operation: Operation) -> bool:
        """Whether nothing of it is to be asked of any row."""
        guard, resource = self._guard, self.resource
        if guard is None:
            return True
        targets = (each.model for each in resource.entity.references.values())
        seen = (resource.siblings.get(model) for model in targets)
        return _is_free(resource, operation, "read") and all(
            _is_free(each, "read") for each in seen if each is not None
        )

    def asked(self, what: Any) -> Any:
        """As it is asked by those of one standing, whose answers embed the same."""
        return what if self._guard is None else (self._guard.standing(), what)

    @property
    def table(self) -> Table:
        assert isinstance(self.resource.entity, MappedEntity)
        return self.resource.entity.table

    def column(self, attribute: str) -> Column[Any]:
        return self.table.columns[self.resource.entity.properties[attribute].column]

    async def given(self, incoming: Incoming, schema: type[Any]) -> Any:
        """What a client sends, or None where the ordinary path is to judge it."""
        if incoming.scope["query_string"]:
            return None
        if incoming.media_type() not in self.media_types:
            return None
        try:
            return schema.model_validate_json(await incoming.body(), strict=True)
        except ValidationError:
            return None

    async def written(
        self,
        incoming: Incoming,
        database: Database,
        statement: Statement,
        row: Mapping[str, Any],
        operation: Written,
    ) -> Sequence[Any]:
        """What the statement answers, once whoever wants to know has heard of it."""
        sources = _sources(incoming)
        if not is_watched(sources):
            return await database.write(statement.text, statement.arguments(row))
        changes, name = Changes(), self.resource.name
        try:
            rows = await database.write(statement.text, statement.arguments(row))
        except UnknownCommitError:
            changes.add(name)
            wrote(sources, changes, in_doubt=True)
            raise
        if rows:
            changes.add(name, [key for _, key, _ in rows], Change(operation))
            wrote(sources, changes)
        return rows

    def answering(self, statement: Any) -> Select[Any]:
        """The version, the key and the object of the row that a statement has written."""
        shape = parameters_of(self.resource).default
        selection, _ = selected(self.resource, shape, 1)
        key = self.resource.entity.key
        attributes = {*selection.attributes(), key.attribute, "row_version"}
        columns = [self.column(each).label(each) for each in sorted(attributes)]
        written = statement.returning(*columns).cte("written")
        body = func.textsend(sql.object_of(selection, written))
        return select(written.c.row_version, written.c[key.attribute], body)


class Create(_Write):
    async def __call__(self, incoming: Incoming, database: Database, _: object) -> Answer | None:
        if incoming.header(_IDEMPOTENCY) is not None or not self.may("create"):
            return None
        data = await self.given(incoming, self.resource.create)
        if data is None:
            return None
        try:
            if self._is_key_given:
                self.resource.check_key(data)
            row = {**self._defaults(), **values(data)}
            statement = self._statement(tuple(row), database)
        except (Invalid, NotCompiledError):
            return None
        written = await self.written(incoming, database, statement, row, "create")
        ((version, key, body),) = written
        location = f"{public_path(incoming.scope)}/{quote(str(key), safe='')}"
        tag = (b"etag", etag(version).encode())
        headers = [tag, (b"location", location.encode()), JSON]
        return Answer(201, headers, body)

    def _defaults(self) -> dict[str, Any]:
        """Those that are made here; the database has its own."""
        return {
            attribute: column.default.arg(None)
            if column.default.is_callable
            else column.default.arg
            for attribute, column in self._preset.items()
        }

    @cached_property
    def _preset(self) -> Mapping[str, Any]:
        found = {each: self.column(each) for each in self.resource.entity.properties}
        return {name: column for name, column in found.items() if column.default is not None}

    @cached_property
    def _is_key_given(self) -> bool:
        return self.resource.key.attribute.key in self.resource.create.model_fields

    def _statement(self, attributes: tuple[str, ...], database: Database) -> Statement:
        asked = self.asked(attributes)
        statement = self._statements.get(asked)
        if statement is None:
            given = {
                column: bindparam(each, type_=column.type)
                for each in attributes
                for column in (self.column(each),)
            }
            query = self.answering(insert(self.table).values(given))
            statement = self._statements[asked] = compiled(query, database.engine.dialect)
        return statement


class Update(_Write):
    media_types = (bodies.JSON.encode(), bodies.MERGE_PATCH.encode())

    async def __call__(
        self, incoming: Incoming, database: Database, key: str | None
    ) -> Answer | None:
        if not self.may("update") or kept(_sources(incoming), self.resource.name):
            return None
        data = await self.given(incoming, self.resource.update)
        if data is None:
            return None
        try:
            row = values(data)
            row[_KEY] = self.resource.key.parse(key or "")
            versions = expected_versions(Request(incoming.scope))
            if versions is not None:
                (row[_VERSION],) = versions
            statement = self._statement(tuple(row), database)
        except (ValueError, BadRequest, NotCompiledError):
            return None
        written = await self.written(incoming, database, statement, row, "update")
        if not written:
            return None
        ((version, _, body),) = written
        return Answer(200, [(b"etag", etag(version).encode()), JSON], body)

    def _statement(self, names: tuple[str, ...], database: Database) -> Statement:
        asked = self.asked(names)
        statement = self._statements.get(asked)
        if statement is None:
            given = {
                self.column(each): bindparam(each, type_=self.column(each).type)
                for each in names
                if each not in (_KEY, _VERSION)
            }
            if not given or any(self._is_merged(column) for column in given):
                raise NotCompiledError("it is merged in Python")
            version = self.column("row_version")
            key = self.column(self.resource.entity.key.attribute)
            query = update(self.table).values({**given, version: version + 1})
            # What changes nothing makes no version.
            query = query.where(
                key == bindparam(_KEY, type_=key.type),
                or_(*(column.is_distinct_from(value) for column, value in given.items())),
            )
            if _VERSION in names:
                query = query.where(version == bindparam(_VERSION, type_=version.type))
            statement = compiled(self.answering(query), database.engine.dialect)
            self._statements[asked] = statement
        return statement

    def _is_merged(self, column: Column[Any]) -> bool:
        properties = self.resource.entity.properties.values()
        return any(each.column == column.name and each.kind == "JSON" for each in properties)
