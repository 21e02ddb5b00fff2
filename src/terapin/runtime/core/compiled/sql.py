"""A selection as a statement of which each row is JSON, made by PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    FromClause,
    Select,
    String,
    Text,
    case,
    func,
    literal,
    literal_column,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import aliased
from sqlalchemy.types import TypeEngine

from ..keyset import segments
from ..pagination import SEAL, SortTerm, sealed, total_order
from ..resource import Column, Relation, Resource
from .selection import Constant, One, Page, Rows, Selection, Value, Window

Sql = ColumnElement[Any]


class NotInSqlError(Exception):
    """A type of which only Pydantic knows how it is spelt."""


def row(selection: Selection, key: Any) -> Select[Any]:
    """The row with this key: its version and its object."""
    entity = _entity(selection.resource)
    attribute = selection.resource.entity.key.attribute
    found = _read(selection, entity, ["row_version"]).where(getattr(entity, attribute) == key)
    return _versioned(selection, found.subquery())


def page(selection: Selection, window: Window) -> Select[Any]:
    """Objects, one more than are wanted if there are more; with the last that is wanted, its position."""
    found = _window(selection, _one_more(window), _entity(selection.resource))
    return _objects(selection, window, found)


def related_page(relation: Relation, key: Any, selection: Selection, window: Window) -> Select[Any]:
    """The same of what belongs to the row with this key: nothing where that is not there, else at least a null."""
    source = _source(relation, key)
    entity, linked = _target(relation, source)
    found = _window(selection, _one_more(window), entity, linked, source)
    objects = _objects(selection, window, found).correlate(source).lateral()
    return select(*objects.c).select_from(source).join(objects, true(), isouter=True)


def related_row(relation: Relation, key: Any, selection: Selection) -> Select[Any]:
    source = _source(relation, key)
    entity, linked = _target(relation, source)
    found = linked(_read(selection, entity, ["row_version"])).correlate(source).lateral()
    return _versioned(selection, found, source)


def count(
    selection: Selection, window: Window, relation: Relation | None = None, key: Any = None
) -> Select[Any]:
    """How many rows there are on all pages together."""
    entity, linked = _entity(selection.resource), None
    query = select(literal_column("1"))
    if relation is not None:
        source = _source(relation, key)
        entity, linked = _target(relation, source)
        query = linked(query.join_from(source, entity, true()))
    else:
        query = query.select_from(entity)
    query = query.where(*(criterion(entity) for criterion in window.where))
    return select(func.count()).select_from(query.subquery())


def _one_more(window: Window) -> Window:
    return replace(window, limit=window.limit + 1)


def _versioned(
    selection: Selection, found: FromClause, source: FromClause | None = None
) -> Select[Any]:
    record = _record(selection, found)
    query = select(found.c.row_version, _bytes(func.row_to_json(record.table_valued())))
    if source is not None:
        return query.select_from(source).join(found, true()).join(record, true())
    return query.select_from(found).join(record, true())


def _objects(selection: Selection, window: Window, found: FromClause) -> Select[Any]:
    terms = _terms(selection.resource, window.sort)
    position = _position(selection.resource, terms, [found.c[each.column.key] for each in terms])
    is_last = func.row_number().over() == _number(window.limit)
    record = _record(selection, found)
    return (
        select(
            _bytes(func.row_to_json(record.table_valued())).label("object"),
            case((is_last, position), else_=null()).label("position"),
        )
        .select_from(found)
        .join(record, true())
    )


def _bytes(json: Sql) -> Sql:
    """What the driver hands on as it is."""
    return _utf8(sql_cast(json, Text))


def _entity(resource: Resource) -> Any:
    return aliased(resource.model)


def _read(selection: Selection, entity: Any, more: Iterable[str] = ()) -> Select[Any]:
    """The columns that are needed of an entity."""
    attributes = dict.fromkeys((*selection.attributes(), *more))
    return select(*(getattr(entity, name).label(name) for name in attributes))


def _source(relation: Relation, key: Any) -> FromClause:
    """What the target's rows are linked by, of the row with this key."""
    entity = _entity(relation.source)
    attribute = relation.source.entity.key.attribute
    local = getattr(entity, relation.local).label(relation.local)
    return select(local).where(getattr(entity, attribute) == key).subquery()


def _target(relation: Relation, source: FromClause) -> tuple[Any, Any]:
    """The entity that a relation leads to, and what narrows a query of it to the rows of `source`."""
    entity = _entity(relation.target)
    local = source.c[relation.local]
    remote = getattr(entity, relation.remote.key)
    if relation.secondary is None:
        return entity, lambda query: query.where(remote == local)
    links = relation.secondary.alias()
    here, there = (links.c[column.name] for column in relation.link_columns)
    return entity, lambda query: query.join(links, there == remote).where(here == local)


def _record(selection: Selection, source: FromClause) -> Any:
    """The members of an object, as columns of a table of one row."""
    members = [_member(member, source).label(member.name) for member in selection.members]
    return select(*members).correlate(source).lateral()


def _member(member: Any, source: FromClause) -> Sql:
    match member:
        case Value():
            return _spelt(source.c[member.column.attribute.key], member.column)
        case Constant():
            return literal(member.text, String)
        case One():
            entity, linked = _target(member.relation, source)
            found = linked(_read(member.selection, entity)).correlate(source).subquery()
            record = _record(member.selection, found)
            return (
                select(func.row_to_json(record.table_valued()))
                .select_from(found)
                .join(record, true())
                .scalar_subquery()
            )
        case Page():
            entity, linked = _target(member.relation, source)
            found = _page(member.selection, member.window, entity, linked, source).subquery()
            return select(func.row_to_json(found.table_valued())).scalar_subquery()
        case Rows():
            entity, linked = _target(member.relation, source)
            return _list(member.selection, member.window, entity, linked, source).scalar_subquery()
    raise TypeError(member)


def _spelt(value: Sql, column: Column) -> Sql:
    if column.wire.sql is None:
        raise NotInSqlError(column.name)
    return column.wire.sql(value)


def _array(values: Sql, type_: TypeEngine[Any] | None = None) -> Sql:
    return func.array_agg(values, type_=ARRAY(type_ or values.type))


def _number(number: int) -> Sql:
    """Part of the statement, so that its plan is made for it."""
    return literal_column(str(number))


def _list(
    selection: Selection, window: Window, entity: Any, linked: Any, outer: FromClause
) -> Select[Any]:
    found = _window(selection, window, entity, linked, outer)
    record = _record(selection, found)
    rows = func.array_to_json(func.array_agg(record.table_valued()))
    return (
        select(func.coalesce(rows, literal_column("'[]'"))).select_from(found).join(record, true())
    )


def _page(
    selection: Selection, window: Window, entity: Any, linked: Any, outer: FromClause
) -> Select[Any]:
    """One row: `items` and `next_cursor`."""
    limit = window.limit
    found = _window(selection, _one_more(window), entity, linked, outer)
    record = _record(selection, found)
    terms = _terms(selection.resource, window.sort)
    read = select(
        func.count().label("count"),
        _array(func.row_to_json(record.table_valued()), JSON()).label("objects"),
        *(_array(found.c[term.column.key]).label(f"_{n}") for n, term in enumerate(terms)),
    )
    # By itself, or PostgreSQL would make each object for each time that it is spoken of.
    rows = read.select_from(found).join(record, true()).subquery()
    more = rows.c.count > _number(limit)
    objects: Any = rows.c.objects
    items = func.array_to_json(case((more, objects[_number(1) : _number(limit)]), else_=objects))
    last: list[Any] = [rows.c[f"_{n}"][_number(limit)] for n in range(len(terms))]
    position = _position(selection.resource, terms, last)
    cursor = case((more, _cursor(selection.resource, terms, position)), else_=null())
    return select(
        func.coalesce(items, literal_column("'[]'")).label("items"), cursor.label("next_cursor")
    )


def _window(
    selection: Selection,
    window: Window,
    entity: Any,
    linked: Any = None,
    outer: FromClause | None = None,
) -> FromClause:
    """The rows themselves, in order."""
    terms = _terms(selection.resource, window.sort)
    query = _read(selection, entity, (term.column.key for term in terms))
    if linked is not None:
        query = linked(query)
    query = query.where(*(criterion(entity) for criterion in window.where))
    here = tuple(replace(term, column=getattr(entity, term.column.key)) for term in terms)
    parts = list(segments(query, here, window.position))
    limit = _number(window.limit)
    if len(parts) > 1:
        # In this order: those of the first part are read first, and the rest only as far as they are wanted.
        query = select(union_all(*(part.limit(limit) for part in parts)).subquery())
    else:
        query = parts[0]
    query = query.limit(limit).offset(window.offset)
    if outer is not None:
        query = query.correlate(outer)
    return query.subquery()


def _terms(resource: Resource, sort: Sequence[SortTerm]) -> tuple[SortTerm, ...]:
    return total_order(resource.model, sort)


def _position(resource: Resource, terms: Sequence[SortTerm], row: Sequence[Sql]) -> Sql:
    """The values that a row is sorted by, as `encode_cursor` spells them."""
    values = [
        func.coalesce(
            sql_cast(func.to_json(_spelt(value, resource.by_attribute[term.column.key])), Text),
            literal_column("'null'"),
        )
        for term, value in zip(terms, row, strict=True)
    ]
    parts = [part for value in values for part in (literal_column("','"), value)]
    return func.concat(literal_column("'['"), *parts[1:], literal_column("']'"), type_=String)


def _cursor(resource: Resource, terms: Sequence[SortTerm], position: Sql) -> Sql:
    content = literal(sealed(resource.model, terms), Text) + position
    digest = func.encode(func.sha256(_utf8(content)), literal_column("'hex'"))
    cursor = func.left(digest, _number(SEAL), type_=String) + position
    encoded = func.encode(_utf8(cursor), literal_column("'base64'"))
    return func.translate(encoded, literal_column(r"E'+/=\n'"), literal_column("'-_'"))


def _utf8(text: Sql) -> Sql:
    return func.convert_to(text, literal_column("'UTF8'"))
