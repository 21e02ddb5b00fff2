"""A selection as one statement, in which PostgreSQL makes the JSON.

Each row of the top level is an object by itself, which Python only joins: to put them together in the server would copy
the answer at each level. Objects are concatenated text, which takes half the time of `row_to_json`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import reduce
from operator import add
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    case,
    func,
    inspect,
    literal_column,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import aliased

from ..keyset import segments
from ..loading import MAX_ROWS
from ..pagination import SEAL, SortTerm, sealed, total_order
from ..permitted import narrowed
from ..resource import Column, Relation, Resource
from .eligible import NotCompiledError, not_in_sql
from .selection import (
    Constant,
    Found,
    Listed,
    Member,
    One,
    Page,
    Root,
    Rows,
    Selection,
    Value,
    Window,
)

Sql = ColumnElement[Any]
Linked = Callable[[Select[Any]], Select[Any]]
# The rows that stand on one level of an answer, all together, of which these columns are wanted.
Level = Callable[[Sequence[str]], FromClause]

# Arguments that a function of PostgreSQL takes, and some to spare.
_ARGUMENTS = 90
_NULL = "null"


def row(selection: Selection, key: Any) -> Select[Any]:
    """The row with this key: its version and its object."""
    entity = _entity(selection.resource)
    attribute = selection.resource.entity.key.attribute
    found = _read(selection, entity, ["row_version"]).where(getattr(entity, attribute) == key)
    return _versioned(selection, found.subquery(), lambda names: _only(found, entity, names))


def rows_by_key(selection: Selection, keys: Any) -> Select[Any]:
    """As `row`, with nothing nested, of all keys of an array that lead to one; before it the key's place, from 1 on."""
    entity = _entity(selection.resource)
    attribute = selection.resource.entity.key.attribute
    asked = func.unnest(keys).table_valued("key", with_ordinality="place").render_derived()
    query = _read(selection, entity, ["row_version"])
    found = query.where(getattr(entity, attribute) == asked.c.key).correlate(asked).lateral()
    answer = found.c.row_version, _bytes(object_of(selection, found))
    return select(asked.c.place, *answer).select_from(asked).join(found, true())


def page(selection: Selection, window: Window) -> Select[Any]:
    """Objects, one more than are wanted if there are more, each with its position."""
    entity = _entity(selection.resource)
    found = _query(selection, _one_more(window), entity).subquery()

    def level(names: Sequence[str]) -> FromClause:
        return _query(_bare(selection), window, entity, more=names).subquery()

    return _objects(selection, window, found, level)


def rows(selection: Selection, window: Window) -> Select[Any]:
    """Objects only."""
    found = _query(selection, window, _entity(selection.resource)).subquery()
    return select(_bytes(object_of(selection, found))).select_from(found)


def document(roots: Sequence[Root]) -> Select[Any]:
    """One object, of what each root answers by itself."""
    parts: list[str | Sql] = []
    for number, root in enumerate(roots):
        parts += ["," if number else "{", orjson.dumps(root.name).decode(), ":"]
        parts += _root(root)
    return select(_bytes(_concat([*parts, "}" if parts else "{}"])))


def _root(root: Root) -> Iterator[str | Sql]:
    match root:
        case Constant():
            yield orjson.dumps(root.text).decode()
        case Found():
            entity = _entity(root.selection.resource)
            attribute = root.selection.resource.entity.key.attribute
            query = _read(root.selection, entity).where(getattr(entity, attribute) == root.key)
            found = query.subquery()
            yield func.coalesce(_in(found, object_of(root.selection, found)), _text(_NULL))
        case Listed():
            entity = _entity(root.selection.resource)
            yield from _listed(
                root.selection, _query(root.selection, root.window, entity).subquery()
            )


def related_page(relation: Relation, key: Any, selection: Selection, window: Window) -> Select[Any]:
    """A page of what belongs to the row with this key: nothing where that is not there, else at least a null."""
    source = _source(relation, key)
    entity, linked = _target(relation, source)
    found = _query(selection, _one_more(window), entity, linked, source).subquery()
    level = _below(lambda _: _source(relation, key), relation, window)
    objects = _objects(selection, window, found, level).correlate(source).lateral()
    return select(*objects.c).select_from(source).join(objects, true(), isouter=True)


def related_row(relation: Relation, key: Any, selection: Selection) -> Select[Any]:
    source = _source(relation, key)
    entity, linked = _target(relation, source)
    found = linked(_read(selection, entity, ["row_version"])).correlate(source).lateral()
    level = _below(lambda _: _source(relation, key), relation, None)
    return _versioned(selection, found, level).select_from(source).join(found, true())


def count(selection: Selection, window: Window, relation: Relation | None, key: Any) -> Select[Any]:
    """How many rows there are on all pages together."""
    entity = _entity(selection.resource)
    query: Select[Any] = select(literal_column("1"))
    if relation is None:
        query = query.select_from(entity)
    else:
        source = _source(relation, key)
        entity, linked = _target(relation, source)
        query = linked(query.join_from(source, entity, true()))
    query = query.where(*(each.criterion(entity) for each in window.where))
    return select(func.count()).select_from(query.subquery())


def _one_more(window: Window) -> Window:
    return replace(window, limit=window.limit + 1)


def _versioned(selection: Selection, found: FromClause, level: Level) -> Select[Any]:
    return select(found.c.row_version, _bytes(object_of(selection, found, level)))


def _objects(selection: Selection, window: Window, found: FromClause, level: Level) -> Select[Any]:
    """That each has its position costs less than to number them for the last one's."""
    terms = _terms(selection.resource, window)
    position = _position(selection.resource, terms, [found.c[each.column.key] for each in terms])
    return select(
        _bytes(object_of(selection, found, level)).label("object"), position.label("position")
    ).select_from(found)


def _bytes(text: Sql) -> Sql:
    """What the driver hands on as it is."""
    return func.textsend(text)


def _entity(resource: Resource) -> Any:
    """The rows of a resource that whoever asks may read, with what they may not read of each beside it as null.

    PostgreSQL reads them as if it were the table with a condition.
    """
    guard, model = resource.guard, resource.model
    condition = True if guard is None else guard.condition("read")
    fields = {} if guard is None else guard.fields("read")
    if condition is True and not fields:
        return aliased(model)
    shown = (
        _shown(getattr(model, name), each).label(_masked(name)) for name, each in fields.items()
    )
    return aliased(model, narrowed(select(model, *shown), condition).subquery())


def _shown(attribute: Any, condition: Any) -> Sql:
    return sql_cast(null(), attribute.type) if condition is False else case((condition, attribute))


def _masked(attribute: str) -> str:
    """What a field is called whose value is shown in some rows only."""
    return f"{attribute} shown"


def _read(selection: Selection, entity: Any, more: Iterable[str] = ()) -> Select[Any]:
    """The columns that are needed of an entity."""
    attributes = dict.fromkeys((*selection.attributes(), *more))
    key = selection.resource.entity.key.attribute
    columns = [getattr(entity, name).label(name) for name in attributes or (key,)]
    rows = inspect(entity).selectable.c
    values = (each for each in selection.members if isinstance(each, Value))
    masked = sorted({_masked(each.column.attribute.key) for each in values})
    return select(*columns, *(rows[name] for name in masked if name in rows))


def _source(relation: Relation, key: Any) -> FromClause:
    """What the target's rows are linked by, of the row with this key."""
    entity = _entity(relation.source)
    attribute = relation.source.entity.key.attribute
    local = getattr(entity, relation.local).label(relation.local)
    return select(local).where(getattr(entity, attribute) == key).subquery()


def _target(relation: Relation, source: FromClause) -> tuple[Any, Linked]:
    """The entity that a relation leads to, and what narrows a query of it to the rows of `source`."""
    entity = _entity(relation.target)
    local = source.c[relation.local]
    remote = getattr(entity, relation.remote.key)
    if relation.secondary is None:
        return entity, lambda query: query.where(remote == local)
    links = relation.secondary.alias()
    here, there = (links.c[column.name] for column in relation.link_columns)
    return entity, lambda query: query.join(links, there == remote).where(here == local)


def object_of(selection: Selection, source: FromClause, level: Level | None = None) -> Sql:
    """Of each row of `source`. `level` is for shares: without it there are too few rows for them."""
    parts: list[str | Sql] = []
    for number, member in enumerate(selection.members):
        parts += ["," if number else "{", orjson.dumps(member.name).decode(), ":"]
        parts += _member(member, source, level)
    return _concat([*parts, "}" if parts else "{}"])


def _member(member: Member, source: FromClause, level: Level | None) -> Iterator[str | Sql]:
    match member:
        case Value():
            name = member.column.attribute.key
            masked = source.c.get(_masked(name))
            value = source.c[name] if masked is None else masked
            nullable = member.column.nullable or masked is not None
            yield from _value(value, member, nullable=nullable)
        case Constant():
            yield orjson.dumps(member.text).decode()
        case One():
            entity, linked = _target(member.relation, source)
            one = linked(_read(member.selection, entity)).correlate(source).subquery()
            below = level and _below(level, member.relation, None)
            yield func.coalesce(_in(one, object_of(member.selection, one, below)), _text(_NULL))
        case Page():
            yield _page(member, source, level)
        case Rows():
            entity, linked = _target(member.relation, source)
            found = _query(member.selection, member.window, entity, linked, source).subquery()
            yield from _listed(member.selection, found)


def _listed(selection: Selection, found: FromClause) -> Iterator[str | Sql]:
    yield from ("[", _in(found, func.string_agg(object_of(selection, found), _text(","))), "]")


def _in(found: FromClause, value: Sql) -> Sql:
    """The value is one of these rows, also where it names none of their columns itself."""
    return select(value).select_from(found).scalar_subquery()


def _value(value: Sql, member: Value, *, nullable: bool) -> Iterator[str | Sql]:
    if member.names is None:
        yield from _json(value, member.column, nullable=nullable)
        return
    yield case(
        *((value == each, _text(f'"{name}"')) for each, name in member.names.items()),
        else_=_text(_NULL),
    )


def _json(value: Sql, column: Column, *, nullable: bool) -> Iterator[str | Sql]:
    """What needs no escaping is put between quotes; `to_json` looks at each character."""
    text = _spelt(value, column)
    if _is_plain(column):
        if nullable:
            yield func.coalesce(_concat(['"', text, '"'], strict=True), _text(_NULL))
        else:
            yield from ('"', text, '"')
    elif column.kind == "Boolean":
        known = (value, _text("true")), (value.is_(False), _text("false"))
        yield case(*known, else_=_text(_NULL)) if nullable else case(known[0], else_=known[1][1])
    elif column.kind in ("Integer", "BigInteger", "JSON"):
        yield func.coalesce(sql_cast(text, Text), _text(_NULL)) if nullable else text
    else:
        # A cast to text would print the JSON, and copy it.
        null_: Sql = literal_column("'null'::json")
        yield func.coalesce(func.to_json(text), null_) if nullable else func.to_json(text)


def _is_plain(column: Column) -> bool:
    """Whether its values are texts of JSON as they are printed. Dates are, by the `DateStyle` of our connections."""
    if column.kind == "Enum":
        values = column.attribute.property.columns[0].type.enums
        return all(orjson.dumps(each).decode() == f'"{each}"' for each in values)
    return column.kind in ("UUID", "Decimal", "Binary", "Date", "Time")


def _spelt(value: Sql, column: Column) -> Sql:
    reason = not_in_sql(column)
    if reason is not None or column.wire.sql is None:
        raise NotCompiledError(reason)
    return column.wire.sql(value)


def _page(member: Page, source: FromClause, level: Level | None) -> Sql:
    """Only where it is full does another look tell whether there are more: to read one more and leave it out would
    copy every object once more.
    """
    selection, window = member.selection, member.window
    entity, linked = _target(member.relation, source)
    limit = _number(window.limit)
    if member.is_shared and level is not None:
        limit = _share(level, member.relation, window.limit)
    found = _query(selection, window, entity, linked, source, limit=limit).subquery()
    below = level and _below(level, member.relation, window, limit)
    rows = select(
        func.count().label("count"),
        func.string_agg(object_of(selection, found, below), _text(",")).label("objects"),
    )
    made = rows.select_from(found).subquery()
    cursor = case((made.c.count == limit, _next_cursor(member, source, limit)), else_=_text(_NULL))
    parts: list[str | Sql] = ['{"items":[', made.c.objects, '],"next_cursor":', cursor, "}"]
    return select(_concat(parts)).scalar_subquery()


def _next_cursor(member: Page, source: FromClause, limit: Sql) -> Sql:
    """That of the last row of a full page, if another one follows it."""
    resource, window = member.selection.resource, member.window
    entity, linked = _target(member.relation, source)
    before = limit - _number(1) if window.offset is None else limit - _number(1) + window.offset
    # A number that is known would have the planner sort all rows.
    last_two = replace(window, limit=2, offset=select(before).scalar_subquery())
    found = _query(_bare(member.selection), last_two, entity, linked, source).subquery()
    terms = _terms(resource, window)
    last = [_first_of(found.c[term.column.key]) for term in terms]
    cursor = _cursor(resource, terms, _position(resource, terms, last))
    return (
        select(case((func.count() > _number(1), cursor), else_=_text(_NULL)))
        .select_from(found)
        .scalar_subquery()
    )


def _first_of(column: Sql) -> Sql:
    values: Any = func.array_agg(column, type_=ARRAY(column.type))
    first: Sql = values[_number(1)]
    return first


def _query(
    selection: Selection,
    window: Window,
    entity: Any,
    linked: Linked | None = None,
    outer: FromClause | None = None,
    *,
    limit: Sql | None = None,
    more: Sequence[str] = (),
) -> Select[Any]:
    """The rows themselves, in order; those of each row of `outer` by themselves."""
    terms = _terms(selection.resource, window)
    query = _read(selection, entity, (*(term.column.key for term in terms), *more))
    if linked is not None:
        query = linked(query)
    query = query.where(*(each.criterion(entity) for each in window.where))
    here = tuple(replace(term, column=getattr(entity, term.column.key)) for term in terms)
    parts = list(segments(query, here, window.position, int(window.offset is not None)))
    limit = _number(window.limit) if limit is None else limit
    if outer is not None:
        limit = select(limit).scalar_subquery()
    if len(parts) > 1:
        # In this order: the first part is read to its end before the second is begun.
        query = select(union_all(*(part.limit(limit) for part in parts)).subquery())
    else:
        query = parts[0]
    query = query.limit(limit)
    if window.offset is not None:
        query = query.offset(window.offset)
    return query if outer is None else query.correlate(outer)


def _below(
    level: Level, relation: Relation, window: Window | None, limit: Sql | None = None
) -> Level:
    """What the rows of a level lead to: with a window to many, else to one."""

    def rows(names: Sequence[str]) -> FromClause:
        outer = level([relation.local])
        entity, linked = _target(relation, outer)
        bare = Selection(relation.target, ())
        if window is None:
            query = linked(_read(bare, entity, names)).correlate(outer)
        else:
            query = _query(bare, window, entity, linked, outer, limit=limit, more=names)
        found = query.lateral()
        columns = [found.c[name] for name in names]
        return select(*columns).select_from(outer).join(found, true()).subquery()

    return rows


def _share(level: Level, relation: Relation, most: int) -> Sql:
    """As `loading` reckons it; the same for all, so it is found out once."""
    sources = level([relation.local])
    number = func.greatest(func.count(sources.c[relation.local].distinct()), _number(1))
    share = func.greatest(_number(1), func.least(_number(most), _number(MAX_ROWS) // number))
    found = select(sql_cast(share, Integer).label("share")).select_from(sources).cte()
    return select(found.c.share).scalar_subquery()


def _bare(selection: Selection) -> Selection:
    return Selection(selection.resource, ())


def _only(found: Select[Any], entity: Any, names: Sequence[str]) -> FromClause:
    return found.with_only_columns(
        *(getattr(entity, name).label(name) for name in names)
    ).subquery()


def _terms(resource: Resource, window: Window) -> tuple[SortTerm, ...]:
    return total_order(resource.model, window.sort)


def _position(resource: Resource, terms: Sequence[SortTerm], row: Sequence[Sql]) -> Sql:
    """The values that a row is sorted by, as `encode_cursor` spells them."""
    parts: list[str | Sql] = []
    for term, value in zip(terms, row, strict=True):
        column = resource.by_attribute[term.column.key]
        parts += ["," if parts else "[", *_json(value, column, nullable=column.nullable)]
    return _concat([*parts, "]"])


def _cursor(resource: Resource, terms: Sequence[SortTerm], position: Sql) -> Sql:
    """In quotes, as `encode_cursor` makes it."""
    content = _concat([sealed(resource.model, terms), position])
    seal = func.left(func.encode(func.sha256(_utf8(content)), _text("hex")), _number(SEAL))
    encoded = func.encode(_utf8(_concat([seal, position])), _text("base64"))
    return _concat(['"', func.translate(encoded, literal_column(r"E'+/=\n'"), _text("-_")), '"'])


def _utf8(text: Sql) -> Sql:
    return func.convert_to(text, _text("UTF8"))


def _concat(parts: Sequence[str | Sql], *, strict: bool = False) -> Sql:
    """Of texts and of values that are printed; with `strict` null if one of them is null."""
    pieces: list[Any] = []
    for part in parts:
        if isinstance(part, str) and pieces and isinstance(pieces[-1], str):
            pieces[-1] += part
        else:
            pieces.append(part)
    made = [_text(piece) if isinstance(piece, str) else piece for piece in pieces]
    if strict:
        first, *others = (sql_cast(each, Text) for each in made)
        return reduce(add, others, first)
    while len(made) > 1:
        made = [
            func.concat(*made[start : start + _ARGUMENTS], type_=Text)
            for start in range(0, len(made), _ARGUMENTS)
        ]
    return made[0]


def _text(text: str) -> Sql:
    """Part of the statement."""
    return literal_column("'{}'".format(text.replace("'", "''")), Text)


def _number(number: int) -> Sql:
    return literal_column(str(number), Integer)
