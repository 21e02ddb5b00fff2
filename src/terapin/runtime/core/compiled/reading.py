"""GET as one statement: from the path and the query string to the bytes of the answer.

What is wrong with a request is told by the ordinary path, so whatever is doubtful here has no answer (None).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from sqlalchemy import ARRAY, Dialect, bindparam
from starlette.requests import Request

from ..database import Database
from ..errors import BadRequest, NotFound, Problem
from ..etags import etag, not_modified
from ..loading import MAX_EMBEDDED
from ..loading import MAX_ROWS as MAX_SHARED
from ..pagination import SortTerm, decode_cursor, seal_position, sealed, total_order
from ..parameters import Listing, Shape, parameters_of
from ..resource import Relation, Resource
from ..routes import continued, next_link
from ..serialization import MAX_ROWS
from . import sql
from .compilation import Statement, compiled
from .criteria import Condition
from .eligible import NotCompiledError, not_read
from .gathering import KEY, KEYS, Gathering
from .messages import JSON, Answer, Incoming, joined
from .remembered import Remembered
from .selection import Member, One, Page, Selection, Value, Window

# Rows that are made at most, though an answer may have fewer; and what each of them takes in it at least.
_MOST_ROWS = 3 * MAX_ROWS
_LEAST_BYTES = len(b'{"a":1},')
# Query strings beyond it are understood anew each time.
_LONGEST = 512


class Read:
    """Of one route. `relation` is what of a row of `resource` is asked for, if not the row itself."""

    def __init__(self, resource: Resource, relation: Relation | None) -> None:
        self.resource = resource
        self.relation = relation
        self.target = relation.target if relation else resource
        self.parameters = parameters_of(self.target)
        self._guard = resource.siblings.guard

    def asked(self, what: Any) -> Any:
        """As it is asked by those of one standing, who get one statement."""
        return what if self._guard is None else (self._guard.standing(), what)

    def admit(self) -> None:
        for each in (self.resource, self.target):
            if each.guard is not None:
                each.guard.admit("read")

    def key(self, text: str) -> Any:
        try:
            return self._parse(text)
        except ValueError:
            return None

    @cached_property
    def _parse(self) -> Callable[[str], Any]:
        """Of a key that is no number, what `parse` comes to."""
        key = self.resource.key
        return key.parse if key.wire.number else key.adapter.validate_strings


class ReadRow(Read):
    """One row: by its key, or what a relation to one leads to."""

    def __init__(self, resource: Resource, relation: Relation | None) -> None:
        super().__init__(resource, relation)
        self._statements: Remembered[Any, tuple[Gathering, Shape, int] | str] = Remembered()

    async def __call__(
        self, incoming: Incoming, database: Database, key: str | None
    ) -> Answer | None:
        prepared = self._prepared(incoming.scope["query_string"], database)
        value = self.key(key or "")
        if isinstance(prepared, str):
            incoming.reason = prepared
            return None
        if value is None:
            return None
        gathering, shape, most = prepared
        row = await gathering.row(database, value)
        if row is None:
            raise NotFound
        version, body = row
        check_size(body, most)
        tag = etag(version)
        headers = ((b"etag", tag.encode()), JSON)
        if self.relation is None and incoming.header(b"if-none-match") is not None:
            try:
                unchanged = not_modified(Request(incoming.scope), tag)
            except BadRequest:
                return None
            if unchanged and not shape.embeds:
                return Answer(304, headers[:-1])
        return Answer(200, headers, body)

    def _prepared(self, query: bytes, database: Database) -> tuple[Gathering, Shape, int] | str:
        """Or the reason why there is no answer."""
        asked = self.asked(query)
        found = self._statements.get(asked)
        if found is None:
            try:
                self.admit()
                shape = self.parameters.shape(_items(query))
                gathering, most = self._gathering(shape, database.engine.dialect)
                found = gathering, shape, most
            except (Problem, NotCompiledError) as error:
                found = str(error)
            if len(query) <= _LONGEST:
                self._statements[asked] = found
        return found

    def _gathering(self, shape: Shape, dialect: Dialect) -> tuple[Gathering, int]:
        selection, most = selected(self.target, shape, 1)
        key, several = bound_key(self.resource), None
        if self.relation is not None:
            one = sql.related_row(self.relation, key, selection)
        else:
            one = sql.row(selection, key)
            if not shape.embeds:
                keys = bindparam(KEYS, type_=ARRAY(self.resource.key.attribute.type))
                several = compiled(sql.rows_by_key(selection, keys), dialect)
        statement = compiled(one, dialect)
        # Whose answer depends on who asks asks alone.
        return Gathering(statement, None if statement.asked else several), most


@dataclass(frozen=True, slots=True)
class _Page:
    """A query string, understood: what is to be asked, and what is bound besides the key."""

    statement: Statement
    counted: Statement | None
    values: Mapping[str, Any]
    limit: int
    seal: str
    most_rows: int
    continued: str


class ReadPage(Read):
    """A list: of all rows, or of those that a relation to many leads to."""

    def __init__(self, resource: Resource, relation: Relation | None) -> None:
        super().__init__(resource, relation)
        self._pages: Remembered[Any, _Page | str] = Remembered()
        self._statements: Remembered[Any, tuple[Statement, Statement | None, int]] = Remembered()

    async def __call__(
        self, incoming: Incoming, database: Database, key: str | None
    ) -> Answer | None:
        query: bytes = incoming.scope["query_string"]
        page = self._page(query, database)
        if isinstance(page, str):
            incoming.reason = page
            return None
        values = page.values
        if key is not None:
            value = self.key(key)
            if value is None:
                return None
            values = {**values, KEY: value}
        rows = await database.rows(page.statement.text, page.statement.arguments(values))
        if key is not None and not rows:
            raise NotFound
        objects = [each[0] for each in rows[: page.limit] if each[0] is not None]
        cursor = None
        if len(rows) > page.limit:
            cursor = seal_position(page.seal, rows[page.limit - 1][1])
        behind = b'],"next_cursor":"%b"' % cursor.encode() if cursor else b'],"next_cursor":null'
        if page.counted is not None:
            counted = await database.rows(page.counted.text, page.counted.arguments(values))
            behind += b',"total":%d' % counted[0][0]
        headers: list[tuple[bytes, bytes]] = [JSON]
        if cursor is not None:
            link = next_link(incoming.scope["path"], page.continued, cursor)
            headers.insert(0, (b"link", link.encode()))
        body = joined(b'{"items":[', objects, behind + b"}")
        check_size(body, page.most_rows)
        return Answer(200, headers, body)

    def _page(self, query: bytes, database: Database) -> _Page | str:
        """Or the reason why there is no answer."""
        asked = self.asked(query)
        found = self._pages.get(asked)
        if found is None:
            order = self.relation.order if self.relation else ()
            try:
                self.admit()
                found = self._understood(_items(query), order, database)
            except (Problem, NotCompiledError) as error:
                found = str(error)
            if len(query) <= _LONGEST:
                self._pages[asked] = found
        return found

    def _understood(
        self, items: Sequence[tuple[str, str]], order: tuple[SortTerm, ...], database: Database
    ) -> _Page:
        listing = self.parameters.listing(items, order)
        terms = total_order(self.target.model, listing.sort)
        conditions = [
            Condition(each, f"where{number}", value)
            for number, (each, value) in enumerate(listing.where)
        ]
        values = {each.name: each.bound for each in conditions}
        position: tuple[Any, ...] | None = None
        if listing.cursor is not None:
            found = decode_cursor(listing.cursor, self.target.model, terms)
            values |= {f"at{number}": value for number, value in enumerate(found)}
            position = tuple(
                None if value is None else bindparam(f"at{number}", type_=term.column.type)
                for number, (term, value) in enumerate(zip(terms, found, strict=True))
            )
        window = Window(tuple(conditions), terms, listing.limit, position=position)
        kind = self.asked((window.kind, listing.total, _frozen(listing.shape)))
        statements = self._statements.get(kind)
        if statements is None:
            statements = self._compiled(listing, window, database)
            self._statements[kind] = statements
        statement, counted, most = statements
        seal = sealed(self.target.model, terms)
        return _Page(statement, counted, values, listing.limit, seal, most, continued(items))

    def _compiled(
        self, listing: Listing, window: Window, database: Database
    ) -> tuple[Statement, Statement | None, int]:
        selection, most = selected(self.target, listing.shape, listing.limit)
        dialect = database.engine.dialect
        key = bound_key(self.resource)
        if self.relation is None:
            statement = sql.page(selection, window)
        else:
            statement = sql.related_page(self.relation, key, selection, window)
        counted = None
        if listing.total:
            count = sql.count(selection, window, self.relation, key)
            counted = compiled(count, dialect)
        return compiled(statement, dialect), counted, most


def selected(resource: Resource, shape: Shape, rows: int) -> tuple[Selection, int]:
    """The members of an answer, and how many rows it can have. Raises NotCompiledError."""
    selection, total = _selected(resource, shape, rows)
    if total > _MOST_ROWS:
        raise NotCompiledError("the answer could have too many rows")
    return selection, total


def check_size(body: bytes, rows: int) -> None:
    """Raises NotCompiledError where it cannot be told that an answer has no more rows than it may have."""
    if rows > MAX_ROWS and len(body) > MAX_ROWS * _LEAST_BYTES:
        raise NotCompiledError("the answer has so many rows that they are to be counted")


def _selected(
    resource: Resource, shape: Shape, rows: int, *, is_repeated: bool = False
) -> tuple[Selection, int]:
    """With `is_repeated` a row can stand in an answer more than once, each time with what is nested in it."""
    if reason := not_read(resource):
        raise NotCompiledError(reason)
    members: list[Member] = [
        Value(name, column)
        for name, column in resource.columns.items()
        if shape.fields is None or name in shape.fields
    ]
    total = rows
    for name, nested in shape.embeds.items():
        relation = resource.relation[name]
        most = rows
        if relation.many:
            most *= MAX_EMBEDDED
            if not is_repeated:
                most = min(most, max(rows, MAX_SHARED))
        repeats = is_repeated or not relation.many or relation.secondary is not None
        inner, below = _selected(relation.target, nested, most, is_repeated=repeats)
        total += below
        if relation.many:
            window = Window(sort=relation.order, limit=MAX_EMBEDDED)
            is_shared = rows * MAX_EMBEDDED > MAX_SHARED
            members.append(Page(name, relation, inner, window, is_shared))
        else:
            members.append(One(name, relation, inner))
    return Selection(resource, members), total


def bound_key(resource: Resource) -> Any:
    return bindparam(KEY, type_=resource.key.attribute.type)


def _frozen(shape: Shape) -> Any:
    embeds = ((name, _frozen(nested)) for name, nested in shape.embeds.items())
    return shape.fields, tuple(embeds)


def _items(query: bytes) -> list[tuple[str, str]]:
    """As Starlette understands a query string."""
    return parse_qsl(query.decode("latin-1"), keep_blank_values=True) if query else []
