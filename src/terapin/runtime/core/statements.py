"""Statements past SQLAlchemy: by asyncpg itself, each a transaction of its own, prepared once a connection.

The connections are those of the pool that SQLAlchemy has its own from. Nothing is left on them but what is prepared.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

import asyncpg
from asyncpg.prepared_stmt import PreparedStatement

# As many are kept, the ones used last: each takes memory of the server.
_KEPT = 512


# For whoever wants to know what is sent while a request is answered.
heard: ContextVar[list[tuple[str, Sequence[Any]]] | None] = ContextVar("heard", default=None)


class Statements:
    """Those of one connection."""

    __slots__ = ("_prepared", "adapted", "driver")

    def __init__(self, driver: asyncpg.Connection[asyncpg.Record], adapted: object) -> None:
        """`adapted` is SQLAlchemy's own object for the connection."""
        self.driver = driver
        self.adapted = adapted
        self._prepared: OrderedDict[str, PreparedStatement[asyncpg.Record]] = OrderedDict()

    async def rows(self, statement: str, arguments: Sequence[Any]) -> list[asyncpg.Record]:
        if (noted := heard.get()) is not None:
            noted.append((statement, arguments))
        try:
            prepared = self._prepared.get(statement) or await self._prepare(statement)
            rows = await prepared.fetch(*arguments)
        except asyncpg.InvalidCachedStatementError:
            # The tables were changed since, and nothing was done.
            self._prepared.clear()
            rows = await (await self._prepare(statement)).fetch(*arguments)
        else:
            self._prepared.move_to_end(statement)
        return rows

    async def _prepare(self, statement: str) -> PreparedStatement[asyncpg.Record]:
        prepared = self._prepared[statement] = await self.driver.prepare(statement)
        # For the server it is at work until something is executed, which will not be if the arguments are wrong.
        await self.driver.execute("SELECT")
        if len(self._prepared) > _KEPT:
            self._prepared.popitem(last=False)
        return prepared
