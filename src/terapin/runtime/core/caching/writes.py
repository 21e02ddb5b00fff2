"""Announces what a session is about to change, and invalidates it as soon as its transaction has ended.

However it ended: of a COMMIT that was given up nobody knows whether it took effect, and what was written
elsewhere than in the database stays written.
"""

from __future__ import annotations

import asyncio
import functools
import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from ..changes import Changes, listeners
from ..noticing import DOUBT
from . import tags
from .cache import Cache
from .opened import caches_for


@dataclass(slots=True)
class _Announced:
    """By a session, and under which word."""

    word: str = field(default_factory=functools.partial(secrets.token_hex, 8))
    tags: frozenset[str] = frozenset()


def has_written(session: AsyncSession) -> bool:
    """Whether it sees what nobody else does."""
    unsaved = session.new or session.deleted or any(map(session.is_modified, session.dirty))
    return bool(unsaved or session.info.get("changes"))


class Invalidates:
    def keeps(self, table: str) -> Collection[str]:
        return ()

    def ended(
        self, changes: Changes, session: Session | None, *, committed: bool, in_doubt: bool
    ) -> None:
        """Nothing is written past sessions where there are caches."""
        caches = caches_for(session) if session else ()
        if not session or not caches:
            return
        words = frozenset(_words(changes))
        announced = session.info.pop("announced", None)
        for cache in caches:
            cache.invalidate(words, announced and announced.word)
            if in_doubt:
                asyncio.get_running_loop().call_later(DOUBT, cache.invalidate, words)
        invalidated = functools.partial(_invalidated, caches, words)
        session.info.setdefault("after_end", []).append(invalidated)


invalidates = Invalidates()


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
    for name, rows in changes:
        yield tags.table(name)
        if rows is None:
            yield tags.rows(name)
        else:
            yield from (tags.row(name, key) for key in rows)
