"""What a session has written to collections, where nothing can be taken back."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

from pymongo.errors import OperationFailure
from sqlalchemy.ext.asyncio import AsyncSession

from ..changes import is_in_doubt, pend

T = TypeVar("T")


class Writes:
    """`done` is true if something was written."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self.done = False

    @classmethod
    def of(cls, session: AsyncSession) -> Writes:
        if "writes" not in session.info:
            session.info["writes"] = cls(session)
        found: Writes = session.info["writes"]
        return found

    @property
    def in_doubt(self) -> bool:
        """Whether something may have been written, or still may be."""
        return is_in_doubt(self._session)

    async def noting(self, work: Coroutine[Any, Any, T]) -> T:
        """What it returns. Only what the server itself refuses is known not to be written."""
        pend(self._session, 1)
        try:
            result = await work
        except OperationFailure as error:
            if not error.timeout:
                pend(self._session, -1)
            raise
        pend(self._session, -1)
        self.done = True
        return result
