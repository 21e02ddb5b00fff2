"""What PostgreSQL says of conditions on rows: of those that are there, and of those that are about to be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    Select,
    String,
    Table,
    bindparam,
    cast,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import visitors

from .guard import hide
from .mapped import MappedEntity


def narrowed(query: Select[Any], condition: Any) -> Select[Any]:
    return query if condition is True else query.where(condition)


async def hide_unreadable(
    session: AsyncSession, entity: MappedEntity, fields: Mapping[str, Any], rows: Sequence[Any]
) -> None:
    """Note of each row which of the fields it does not show; what depends on the row is asked for all at once."""
    never = frozenset(name for name, condition in fields.items() if condition is False)
    asked = {name: condition for name, condition in fields.items() if condition is not False}
    shown: dict[Any, Any] = {}
    key = entity.key.attribute
    if asked and rows:
        keys = {getattr(row, key) for row in rows}
        column = getattr(entity.model, key)
        found = await session.execute(select(column, *asked.values()).where(column.in_(keys)))
        shown = {each: answers for each, *answers in found}
    nothing = [None] * len(asked)
    for row in rows:
        answers = shown.get(getattr(row, key), nothing)
        unread = (name for name, answer in zip(asked, answers, strict=True) if answer is not True)
        hide(row, never.union(unread))


async def holds(session: AsyncSession, entity: MappedEntity, row: Any, condition: Any) -> bool:
    """Of a row that is there."""
    key = getattr(entity.model, entity.key.attribute)
    query = select(key).where(key == getattr(row, entity.key.attribute), condition)
    return (await session.execute(query)).first() is not None


async def would_hold(session: AsyncSession, entity: MappedEntity, row: Any, condition: Any) -> bool:
    """Of a row as it is to be written, so that nothing is told of others by what would become of it.

    Where that depends on what the database counts, it is known only afterwards.
    """
    given = vars(row)
    counted = [each.column for each in entity.properties.values() if each.counted]
    if any(_is_of(each, entity.table) and each.name in counted for each in _parts(condition)):
        return True
    columns = {}
    for attribute, property_ in entity.properties.items():
        column = entity.table.columns[property_.column]
        if attribute not in given and column.default is not None:
            default: Any = column.default
            setattr(row, attribute, default.arg(None) if default.is_callable else default.arg)
        columns[column.name] = _value(column, given, attribute).label(column.name)
    candidate = select(*columns.values()).subquery("candidate")
    about = _moved(condition, entity.table, candidate)
    query = select(literal(1)).select_from(candidate).where(about)
    with session.no_autoflush:
        return (await session.execute(query)).first() is not None


async def did_hold(
    session: AsyncSession,
    entity: MappedEntity,
    rows: Mapping[Any, Mapping[str, Any]],
    condition: Any,
) -> set[Any]:
    """Of rows as they were, given by their keys and by all attributes that the condition asks for."""
    keys = [*rows]
    if not keys:
        return set()
    table = entity.table
    columns = {name: table.columns[entity.properties[name].column] for name in rows[keys[0]]}
    candidates = union_all(
        *(
            select(
                literal(number).label("number"),
                *(
                    cast(bindparam(None, rows[key][name], column.type), column.type).label(
                        column.name
                    )
                    for name, column in columns.items()
                ),
            )
            for number, key in enumerate(keys)
        )
    ).subquery("candidate")
    query = select(candidates.c.number).where(_moved(condition, table, candidates))
    return {keys[number] for number in await session.scalars(query)}


def asked_of(condition: Any, entity: MappedEntity) -> frozenset[str]:
    """The attributes of the model itself that a condition asks for."""
    names = {each.name for each in _parts(condition) if _is_of(each, entity.table)}
    return frozenset(name for name, each in entity.properties.items() if each.column in names)


def _parts(condition: Any) -> Iterator[Any]:
    return visitors.iterate(condition)


def _is_of(element: Any, table: Table) -> bool:
    """Whether it is a column of the table itself, under whatever annotations, and not of an alias."""
    of = getattr(element, "table", None)
    return isinstance(element, Column) and isinstance(of, Table) and of.key == table.key


def _value(column: Column[Any], given: Mapping[str, Any], attribute: str) -> Any:
    if attribute in given:
        return cast(bindparam(None, given[attribute], column.type), column.type)
    default: Any = column.server_default
    if default is None or not hasattr(default, "arg"):
        return cast(null(), column.type)
    made = literal(default.arg, String) if isinstance(default.arg, str) else default.arg
    return cast(made, column.type)


def _moved(condition: Any, table: Table, candidate: Any) -> Any:
    """The same condition, of the candidate instead of the table."""

    def replace(element: Any, **_: Any) -> Any:
        return candidate.c[element.name] if _is_of(element, table) else None

    return visitors.replacement_traverse(condition, {}, replace)
