"""What a session has changed, for those that have to know once it is so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

# Beyond so many rows of a table it is told only that some have changed.
_MAX_KEYS = 1000


class Changes:
    """By table or collection, the keys of the rows, or None for rows that are not known."""

    def __init__(self) -> None:
        self.of_anything = False
        self._keys: dict[str, set[Any] | None] = {}

    def add(self, name: str, keys: Iterable[Any] | None = None) -> None:
        known = self._keys.setdefault(name, set())
        if known is None:
            return
        if keys is not None:
            known.update(keys)
        if keys is None or len(known) > _MAX_KEYS:
            self._keys[name] = None

    def __bool__(self) -> bool:
        return self.of_anything or bool(self._keys)

    def __iter__(self) -> Iterator[tuple[str, set[Any] | None]]:
        return iter(self._keys.items())


def changes_of(session: AsyncSession | Session) -> Changes:
    changes: Changes = session.info.setdefault("changes", Changes())
    return changes


def changed(session: AsyncSession | Session, name: str, keys: Iterable[Any] | None = None) -> None:
    """Say what SQLAlchemy does not see: a collection, or a table that a function of the database writes to."""
    changes_of(session).add(name, keys)


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
