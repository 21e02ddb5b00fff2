"""Rows by key that are asked for at the same time come by one statement, as with a dataloader, but for all requests."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy.exc import TimeoutError as PoolTimeout

from ..database import Database
from ..errors import Unavailable
from .compilation import Statement

KEY = "key"
KEYS = "keys"
# So many are no burden, and there is little left to be saved.
_MOST = 64

_Row = tuple[int, bytes]
_Waiting = asyncio.Future[_Row | None]
# What does not depend on who asks for which row.
_OUTAGES = (Unavailable, TimeoutError, PoolTimeout)


class _AloneError(Exception):
    """Of those who asked together each has to ask alone."""


class Gathering:
    """Of rows as one statement has them.

    Whoever asks first waits a turn of the event loop for others, and asks for all. The statement is sent after all who
    share in it have come, so each sees what was committed before. That there is no answer holds for all; if something
    is wrong with one of the keys, or who was the first leaves, the others ask again.
    """

    def __init__(self, one: Statement, several: Statement | None) -> None:
        self._one = one
        self._several = several
        self._joined: list[tuple[Any, _Waiting]] | None = None

    async def row(self, database: Database, key: Any) -> _Row | None:
        """Its version and its object."""
        if self._several is None:
            return await self._alone(database, key)
        joined = self._joined
        if joined is None or len(joined) == _MOST:
            return await self._first(database, key, self._several)
        waiting: _Waiting = asyncio.get_running_loop().create_future()
        joined.append((key, waiting))
        try:
            return await waiting
        except _AloneError:
            return await self._alone(database, key)

    async def _first(self, database: Database, key: Any, several: Statement) -> _Row | None:
        joined: list[tuple[Any, _Waiting]] = []
        self._joined = joined
        try:
            await asyncio.sleep(0)
            if self._joined is joined:
                self._joined = None
            if not joined:
                return await self._alone(database, key)
            keys = [key, *(key for key, _ in joined)]
            rows = await database.rows(several.text, several.arguments({KEYS: keys}))
        except BaseException as error:
            if self._joined is joined:
                self._joined = None
            for _, waiting in joined:
                if not waiting.done():
                    waiting.set_exception(error if isinstance(error, _OUTAGES) else _AloneError())
            raise
        # PostgreSQL alone knows which keys are equal.
        found: dict[int, _Row] = {place: (version, body) for place, version, body in rows}
        for place, (_, waiting) in enumerate(joined, 2):
            if not waiting.done():
                waiting.set_result(found.get(place))
        return found.get(1)

    async def _alone(self, database: Database, key: Any) -> _Row | None:
        rows = await database.rows(self._one.text, self._one.arguments({KEY: key}))
        return (rows[0][0], rows[0][1]) if rows else None
