"""What a session has changed, for those that have to know once it is so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

Operation = Literal["create", "update", "delete"]

# Beyond so many rows of a table it is told only that some have changed.
_MAX_KEYS = 1000


@dataclass(frozen=True, slots=True)
class Change:
    """Of a row. `before` has what decided who could read it, where that is not so any more."""

    operation: Operation = "update"
    before: Mapping[str, Any] | None = None

    def then(self, next_: Change) -> Change:
        """Both, as one. Of a new row that is deleted at once, somebody may have read meanwhile."""
        is_new = self.operation == "create" and next_.operation == "update"
        before = next_.before if self.before is None else self.before
        return Change("create" if is_new else next_.operation, before)


class Changes:
    """By table or collection, the changes of rows by their keys, or None for rows that are not known."""

    def __init__(self) -> None:
        self.of_anything = False
        self._rows: dict[str, dict[Any, Change] | None] = {}

    def add(
        self, name: str, keys: Iterable[Any] | None = None, change: Change | None = None
    ) -> None:
        known = self._rows.setdefault(name, {})
        if known is None:
            return
        for key in keys or ():
            before = known.get(key)
            change = change or Change()
            known[key] = before.then(change) if before else change
        if keys is None or len(known) > _MAX_KEYS:
            self._rows[name] = None

    def only(self, wanted: Callable[[str], bool]) -> Changes:
        """Those of some tables or collections."""
        found = Changes()
        found._rows = {name: rows for name, rows in self._rows.items() if wanted(name)}
        return found

    def __bool__(self) -> bool:
        return self.of_anything or bool(self._rows)

    def __iter__(self) -> Iterator[tuple[str, Mapping[Any, Change] | None]]:
        return iter(self._rows.items())


def changes_of(session: AsyncSession | Session) -> Changes:
    changes: Changes = session.info.setdefault("changes", Changes())
    return changes


def changed(
    session: AsyncSession | Session,
    name: str,
    keys: Iterable[Any] | None = None,
    change: Change | None = None,
) -> None:
    """Say what SQLAlchemy does not see: a collection, or a table that a function of the database writes to."""
    changes_of(session).add(name, keys, change)


def pend(session: AsyncSession | Session, writes: int) -> None:
    """Count writes of the session whose outcome is not known: of one that was given up it never is."""
    session.info["pending"] = session.info.get("pending", 0) + writes


def is_in_doubt(session: AsyncSession | Session) -> bool:
    """Whether something may still be done after the session has ended."""
    return bool(session.info.get("pending"))


# Told before what a session has changed takes effect.
listeners: list[Callable[[Session], Awaitable[None]]] = []


async def announce(session: AsyncSession) -> None:
    """To be awaited before a commit, and before each write that no commit holds back."""
    for listener in listeners:
        await listener(session.sync_session)
