"""Notes what sessions change, for those that want to know, and tells them when the transaction has ended."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from sqlalchemy import Delete, Table, TextClause, UpdateBase, event, inspect
from sqlalchemy.orm import ORMExecuteState, PassiveFlag, Session, SessionTransaction
from sqlalchemy.sql import visitors

from .changes import Change, Changes, changes_of, is_in_doubt
from .database import Database
from .sources.manager import Sources

# How long a COMMIT without an answer, or a write that was given up, can still take effect, in seconds.
DOUBT = 5.0

_READS = re.compile(r"\s*(select|show|set|explain|values|table)\b", re.IGNORECASE)
_ACTS_ON_ROWS = ("CASCADE", "SET NULL", "SET DEFAULT")


class Watcher(Protocol):
    """Of one application."""

    def keeps(self, table: str) -> Collection[str]:
        """Attributes whose values it wants to know as they were before a change of them."""

    def ended(
        self, changes: Changes, session: Session | None, *, committed: bool, in_doubt: bool
    ) -> None:
        """Where it is `in_doubt`, it may still be done, or not. What is one statement alone has no session."""


_watching: WeakKeyDictionary[Sources, list[Watcher]] = WeakKeyDictionary()


def watch(sources: Sources, watcher: Watcher) -> None:
    """From here on; once. What nobody watches is not listened to."""
    for name, listener in _LISTENERS.items():
        if not event.contains(Session, name, listener):
            event.listen(Session, name, listener)
    known = _watching.setdefault(sources, [])
    if watcher not in known:
        known.append(watcher)


def is_watched(sources: Sources) -> bool:
    return sources in _watching


def kept(sources: Sources, table: str) -> frozenset[str]:
    """The attributes whose values somebody wants to know as they were."""
    return frozenset().union(*(each.keeps(table) for each in _watching.get(sources, ())))


def wrote(sources: Sources, changes: Changes, *, in_doubt: bool = False) -> None:
    """Say what no session did."""
    for watcher in _watching.get(sources, ()):
        watcher.ended(changes, None, committed=not in_doubt, in_doubt=in_doubt)


def belongs_to(session: Session, sources: Sources) -> bool:
    """Whether it is of the same application, be it one that nobody told so."""
    return session.info.get("sources") is sources or any(
        isinstance(source, Database) and source.engine.sync_engine is session.bind
        for source in sources
    )


def _watched(session: Session) -> Sources | None:
    """What somebody watches the changes of."""
    return next((each for each in _watching if belongs_to(session, each)), None)


def _flushed(session: Session, _: Any) -> None:
    sources = _watched(session)
    if sources is None:
        return

    changes = changes_of(session)
    for row in session.new:
        _note(changes, row, Change("create"))
    for row in session.dirty:
        if session.is_modified(row):
            _note(changes, row, Change("update", _before(sources, row)))
    for row in session.deleted:
        _note(changes, row, Change("delete", _before(sources, row, deleted=True)))


def _executed(state: ORMExecuteState) -> None:
    if _watched(state.session) is None:
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


def _committing(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info["committing"] = True


def _committed(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info["committing"] = False
        _tell(session, committed=True)


def _ended(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        _tell(session, in_doubt=session.info.pop("committing", False))


_LISTENERS: Mapping[str, Callable[..., None]] = {
    "after_flush": _flushed,
    "do_orm_execute": _executed,
    "before_commit": _committing,
    "after_commit": _committed,
    "after_transaction_end": _ended,
}


def _tell(session: Session, *, committed: bool = False, in_doubt: bool = False) -> None:
    changes = session.info.pop("changes", None)
    sources = _watched(session) if changes else None
    for watcher in _watching[sources] if sources else ():
        in_doubt = in_doubt or is_in_doubt(session)
        watcher.ended(changes, session, committed=committed, in_doubt=in_doubt)


def _note(changes: Changes, row: Any, change: Change) -> None:
    state = inspect(row)
    mapper = state.mapper
    deleted = change.operation == "delete"
    keys = set(state.identity or ())
    for column in mapper.primary_key:
        keys.add(state.dict.get(mapper.get_property_by_column(column).key))
    for table in mapper.tables:
        changes.add(table.name, keys - {None}, change)
        if deleted:
            _note_reached(changes, table)
    for relationship in mapper.relationships:
        if relationship.secondary is not None and (
            deleted or _has_changed(state, relationship.key)
        ):
            changes.add(relationship.secondary.name)


def _before(sources: Sources, row: Any, *, deleted: bool = False) -> dict[str, Any] | None:
    """As far as it is known; None where all of it is as it was."""
    state = inspect(row)
    names = {name for table in state.mapper.tables for name in kept(sources, table.name)}
    if not deleted and not any(_has_changed(state, name) for name in names):
        return None
    found = {}
    for name in names:
        history = state.get_history(name, PassiveFlag.PASSIVE_NO_INITIALIZE)
        if values := (history.deleted or history.unchanged):
            [found[name]] = values
    return found


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
