"""Announces what a session is about to change, and invalidates it as soon as its transaction has ended.

However it ended: of a COMMIT that was given up nobody knows whether it took effect, and what was written
elsewhere than in the database stays written.
"""

from __future__ import annotations

import asyncio
import functools
import re
import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Delete, Table, TextClause, UpdateBase, event, inspect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import ORMExecuteState, PassiveFlag, Session, SessionTransaction
from sqlalchemy.sql import visitors

from ..changes import Changes, changes_of, is_in_doubt, listeners
from . import tags
from .cache import Cache
from .opened import caches_for

# How long a COMMIT without an answer, or a write that was given up, can still take effect, in seconds.
DOUBT = 5.0

_READS = re.compile(r"\s*(select|show|set|explain|values|table)\b", re.IGNORECASE)
_ACTS_ON_ROWS = ("CASCADE", "SET NULL", "SET DEFAULT")


@dataclass(slots=True)
class _Announced:
    """By a session, and under which word."""

    word: str = field(default_factory=functools.partial(secrets.token_hex, 8))
    tags: frozenset[str] = frozenset()


def has_written(session: AsyncSession) -> bool:
    """Whether it sees what nobody else does."""
    unsaved = session.new or session.deleted or any(map(session.is_modified, session.dirty))
    return bool(unsaved or session.info.get("changes"))


@event.listens_for(Session, "after_flush")
def _flushed(session: Session, _: Any) -> None:
    if not caches_for(session):
        return
    changes = changes_of(session)
    for row in session.new:
        _note(changes, row)
    for row in session.dirty:
        if session.is_modified(row):
            _note(changes, row)
    for row in session.deleted:
        _note(changes, row, deleted=True)


@event.listens_for(Session, "do_orm_execute")
def _executed(state: ORMExecuteState) -> None:
    if not caches_for(state.session):
        return
    changes = changes_of(state.session)
    statement: Any = state.statement
    for part in visitors.iterate(statement):
        if isinstance(part, UpdateBase):
            for table in _tables(part):
                _note_table(changes, table, deleted=isinstance(part, Delete))
        elif isinstance(part, TextClause) and not _READS.match(part.text):
            # What a statement in words does to which tables is not found out.
            changes.of_anything = True


@event.listens_for(Session, "before_commit")
def _committing(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info["committing"] = True


@event.listens_for(Session, "after_commit")
def _committed(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info["committing"] = False
        _announce(session)


@event.listens_for(Session, "after_transaction_end")
def _ended(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        _announce(session, in_doubt=session.info.pop("committing", False))


def _announce(session: Session, *, in_doubt: bool = False) -> None:
    changes = session.info.pop("changes", None)
    caches = caches_for(session)
    if not changes or not caches:
        return
    words = frozenset(_words(changes))
    announced = session.info.pop("announced", None)
    for cache in caches:
        cache.invalidate(words, announced and announced.word)
        if in_doubt or is_in_doubt(session):
            asyncio.get_running_loop().call_later(DOUBT, cache.invalidate, words)
    session.info.setdefault("after_end", []).append(functools.partial(_invalidated, caches, words))


async def _before(session: Session) -> None:
    """If this process dies before it invalidates what it changes, nobody keeps what was there before."""
    changes, caches = session.info.get("changes"), caches_for(session)
    if not changes or not caches:
        return
    announced = session.info.setdefault("announced", _Announced())
    new = frozenset(_words(changes)) - announced.tags
    announced.tags |= new
    if new:
        await asyncio.gather(*(cache.announce(new, announced.word) for cache in caches))


listeners.append(_before)


async def _invalidated(caches: Collection[Cache], words: frozenset[str]) -> None:
    await asyncio.gather(*(cache.invalidated(words) for cache in caches))


def _words(changes: Changes) -> Iterator[str]:
    if changes.of_anything:
        yield tags.EVERYTHING
    for name, keys in changes:
        yield tags.table(name)
        if keys is None:
            yield tags.rows(name)
        else:
            yield from (tags.row(name, key) for key in keys)


def _note(changes: Changes, row: Any, *, deleted: bool = False) -> None:
    state = inspect(row)
    mapper = state.mapper
    keys = set(state.identity or ())
    for column in mapper.primary_key:
        keys.add(state.dict.get(mapper.get_property_by_column(column).key))
    for table in mapper.tables:
        changes.add(table.name, keys - {None})
        if deleted:
            _note_reached(changes, table)
    for relationship in mapper.relationships:
        if relationship.secondary is not None and (
            deleted or _has_changed(state, relationship.key)
        ):
            changes.add(relationship.secondary.name)


def _has_changed(state: Any, attribute: str) -> bool:
    history = state.get_history(attribute, PassiveFlag.PASSIVE_NO_INITIALIZE)
    return bool(history.has_changes())


def _tables(statement: UpdateBase) -> Iterator[Table]:
    for part in visitors.iterate(statement.table):
        if isinstance(part, Table):
            yield part.metadata.tables[part.key]


def _note_table(changes: Changes, table: Table, *, deleted: bool) -> None:
    changes.add(table.name)
    if deleted:
        _note_reached(changes, table)


def _note_reached(changes: Changes, table: Table) -> None:
    for name in reached(table):
        changes.add(name)


@functools.cache
def reached(table: Table) -> frozenset[str]:
    """The tables in which the database deletes or changes rows when it deletes some of this one."""
    found: set[str] = set()
    loses = [table]
    for each in loses:
        for key in _references(each):
            found.add(key.parent.table.name)
            if key.ondelete.upper() == "CASCADE" and key.parent.table not in loses:
                loses.append(key.parent.table)
    return frozenset(found)


def _references(target: Table) -> Iterator[Any]:
    for table in target.metadata.tables.values():
        for key in table.foreign_keys:
            if key.column.table is target and (key.ondelete or "").upper() in _ACTS_ON_ROWS:
                yield key
