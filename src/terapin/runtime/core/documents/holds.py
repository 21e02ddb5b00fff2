"""Documents that are held: one that is being referred to is not deleted, and nobody comes to refer to one that is.

MongoDB locks nothing for longer than an operation. So whoever holds a document is written into it, with a lease, for
those who die: a share of it, of which there may be several, or the whole.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Coroutine
from typing import Any
from uuid import uuid4

from pymongo import ReturnDocument
from pymongo.errors import PyMongoError
from sqlalchemy.ext.asyncio import AsyncSession

from ..errors import Unavailable
from ..resilience.deadlines import remaining
from ..sources.mongodb import Mongodb
from .idempotency import GRACE, LONGEST_LEASE
from .writes import Writes

Json = dict[str, Any]

logger = logging.getLogger(__name__)

FIELD = "_held"
# How long others are waited for, in seconds. Two who wait for each other are parted by the first to give up.
SHARE_PATIENCE = 1.0
WHOLE_PATIENCE = 3.0
_FIRST_WAIT, _LONGEST_WAIT = 0.005, 0.1


class Holds:
    """Those of a session, which keeps them until it ends.

    If it is not known whether something was written, it may still be: then they are kept until their leases end.
    """

    def __init__(self, writes: Writes) -> None:
        self._token = uuid4()
        self._kept: list[tuple[Mongodb, str, list[Any]]] = []
        self._writes = writes

    @classmethod
    def of(cls, session: AsyncSession) -> Holds:
        if "holds" not in session.info:
            session.info["holds"] = holds = cls(Writes.of(session))
            session.info.setdefault("after_end", []).append(holds.release)
        found: Holds = session.info["holds"]
        return found

    async def share(self, source: Mongodb, name: str, key: Any) -> bool:
        """False if there is no such document."""
        self._kept.append((source, name, [key]))
        taken = self._taken(whole=False)

        async def attempt() -> bool | None:
            found = await source.database[name].find_one_and_update(
                {"_id": key},
                taken,
                projection={FIELD: True},
                return_document=ReturnDocument.AFTER,
            )
            if found is None:
                return False
            return any(each["token"] == self._token for each in found[FIELD]) or None

        return await _patiently(
            source, attempt, SHARE_PATIENCE, "what it refers to is being deleted"
        )

    async def whole(self, source: Mongodb, name: str, keys: Collection[Any]) -> None:
        """From the first attempt on, nobody else gets a share any more."""
        self._kept.append((source, name, [*keys]))
        some, taken = {"_id": {"$in": [*keys]}}, self._taken(whole=True)
        others = {**some, FIELD: {"$elemMatch": {"token": {"$ne": self._token}}}}

        async def attempt() -> bool | None:
            collection = source.database[name]
            await collection.update_many(some, taken)
            return await collection.find_one(others, {"_id": True}) is None or None

        await _patiently(source, attempt, WHOLE_PATIENCE, "it is being referred to")

    async def release(self) -> None:
        if self._writes.in_doubt:
            return
        for source, name, keys in self._kept:
            try:
                await self._release(source, name, keys)
            except (PyMongoError, Unavailable) as error:
                logger.info("%s are held until their leases end: %s", name, error)

    async def _release(self, source: Mongodb, name: str, keys: list[Any]) -> None:
        held = {"_id": {"$in": keys}, f"{FIELD}.token": self._token}
        others = _those(self._is_other)
        rest = {"$cond": [{"$eq": [others, []]}, "$$REMOVE", others]}

        async def give_back() -> None:
            await source.database[name].update_many(held, [{"$set": {FIELD: rest}}])

        await source.call(give_back, idempotent=True)

    def _taken(self, *, whole: bool) -> list[Json]:
        """Ours instead of what we had, unless somebody else has the whole; leases that have ended are left out."""
        lease = round(1000 * (remaining(LONGEST_LEASE) + GRACE))
        until = {"$add": ["$$NOW", lease]}
        ours = [{"token": self._token, "until": until, "whole": whole}]
        live = _those({"$gt": [{"$toLong": "$$each.until"}, {"$toLong": "$$NOW"}]})
        others = _those(self._is_other, live)
        refused = {"$ne": [_those("$$each.whole", others), []]}
        held = {"$cond": [refused, others, {"$concatArrays": [others, ours]}]}
        return [{"$set": {FIELD: held}}]

    @property
    def _is_other(self) -> Json:
        return {"$ne": ["$$each.token", self._token]}


def _those(condition: Any, holders: Any = None) -> Json:
    everybody = {"$ifNull": [f"${FIELD}", []]}
    given = everybody if holders is None else holders
    return {"$filter": {"input": given, "as": "each", "cond": condition}}


async def _patiently(
    source: Mongodb,
    attempt: Callable[[], Coroutine[Any, Any, bool | None]],
    seconds: float,
    otherwise: str,
) -> bool:
    """Its result, once that is not None."""
    end = time.monotonic() + remaining(seconds)
    wait = _FIRST_WAIT
    while True:
        result = await source.call(attempt, idempotent=True)
        if result is not None:
            return result
        if time.monotonic() + wait > end:
            raise Unavailable(otherwise)
        await asyncio.sleep(wait)
        wait = min(2 * wait, _LONGEST_WAIT)
