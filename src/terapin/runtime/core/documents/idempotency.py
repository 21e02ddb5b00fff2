"""Idempotency keys in a collection, for what no transaction holds together with them.

Whoever has claimed a key has a lease on it: a concurrent repetition waits for the answer, and takes over when the
lease ends without one, because whoever had it has crashed. The key of the row that is made is kept with it, so that
whoever takes over finds what was made already. Times are those of the server.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4
from weakref import WeakKeyDictionary, WeakValueDictionary

from pymongo import ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import DuplicateKeyError, PyMongoError
from sqlalchemy.ext.asyncio import AsyncSession

from ..errors import Unavailable
from ..idempotency import KEPT_HOURS, Entry, Ledger
from ..resilience.deadlines import remaining, without_deadline
from ..sources.mongodb import Mongodb
from .writes import Writes

logger = logging.getLogger(__name__)

COLLECTION = "idempotency_keys"
KEPT_SECONDS = KEPT_HOURS * 3600
# Beyond the deadline of the request that holds a key; without a deadline it holds it for so long.
GRACE = 5.0
LONGEST_LEASE = 60.0
_FIRST_WAIT, _LONGEST_WAIT = 0.02, 0.25


class CollectionLedger(Ledger):
    def __init__(
        self, source: Mongodb, principal: str, key: str, *, session: AsyncSession, model: type[Any]
    ) -> None:
        self.source = source
        self._own = {"principal": principal, "key": key}
        self._token = uuid4()
        self._session = session
        self._model = model

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Who waits for others of the same process asks for nothing, so that these have the connections."""
        turns = _turns.setdefault(self.source, WeakValueDictionary())
        async with turns.setdefault((*self._own.values(),), asyncio.Lock()):
            yield

    async def claim(self, fingerprint: bytes) -> Entry | None:
        wait = _FIRST_WAIT
        while True:
            kept = await self.source.call(lambda: self._taken(fingerprint), idempotent=True)
            if kept is not None and kept["token"] == self._token:
                self._session.info["promised"] = {self._model: kept["row"]}
                return None
            if kept is not None and (kept["fingerprint"] != fingerprint or "status" in kept):
                status, answer, headers = map(kept.get, ("status", "answer", "headers"))
                return Entry(kept["fingerprint"], status, answer, headers)
            await asyncio.sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT)

    async def _taken(self, fingerprint: bytes) -> dict[str, Any] | None:
        """What is kept under the key, which is ours now if it was free; None if others were just taking it."""
        # Compared as numbers, which is the same for every server that speaks MongoDB's protocol.
        now, until, created_at = ({"$toLong": each} for each in ("$$NOW", "$until", "$created_at"))
        is_new = {"$eq": [{"$type": "$token"}, "missing"]}
        is_old = {"$lt": [created_at, {"$subtract": [now, 1000 * KEPT_SECONDS]}]}
        is_left = {"$and": [{"$eq": [{"$type": "$status"}, "missing"]}, {"$lt": [until, now]}]}
        free = {"$or": [is_new, is_old, is_left]}
        is_again = {"$and": [is_left, {"$eq": ["$fingerprint", fingerprint]}]}
        lease = round(1000 * (remaining(LONGEST_LEASE) + GRACE))
        new = {
            "_id": "$_id",
            "token": self._token,
            "fingerprint": fingerprint,
            "row": {"$cond": [is_again, {"$ifNull": ["$row", uuid4()]}, uuid4()]},
            "created_at": "$$NOW",
            "until": {"$add": ["$$NOW", lease]},
        }
        try:
            return await self._keys.find_one_and_update(
                {"_id": self._own},
                [{"$replaceWith": {"$cond": [free, new, "$$ROOT"]}}],
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:
            return None

    async def record(self, status: int, answer: bytes, headers: Mapping[str, str]) -> None:
        recorded = {"$set": {"status": status, "answer": answer, "headers": dict(headers)}}
        await self.source.call(
            lambda: self._keys.update_one({"_id": self._own, "token": self._token}, recorded),
            idempotent=True,
        )

    async def release(self) -> None:
        """Past the deadline of the request, which may be what has ended it."""
        task = asyncio.create_task(self._give_back(), context=without_deadline())
        _giving_back.add(task)
        task.add_done_callback(_giving_back.discard)
        await asyncio.wait({task})

    async def _give_back(self) -> None:
        writes = Writes.of(self._session)
        own = {"_id": self._own, "token": self._token}

        async def give_back() -> None:
            if writes.done or writes.in_doubt:
                await self._keys.update_one(own, [{"$set": {"until": "$$NOW"}}])
            else:
                await self._keys.delete_one(own)

        try:
            await self.source.call(give_back, idempotent=True)
        except (PyMongoError, Unavailable) as error:
            logger.info("an Idempotency-Key is held until its lease ends: %s", error)

    @property
    def _keys(self) -> AsyncCollection[dict[str, Any]]:
        return self.source.database[COLLECTION]


# By the principal and the key.
_turns: WeakKeyDictionary[Mongodb, WeakValueDictionary[tuple[str, ...], asyncio.Lock]] = (
    WeakKeyDictionary()
)
_giving_back: set[asyncio.Task[None]] = set()


def promised(session: AsyncSession, model: type[Any]) -> UUID | None:
    """The key of the first row of the model that this request makes for its Idempotency-Key, perhaps once more."""
    keys: dict[type[Any], UUID] = session.info.get("promised", {})
    return keys.pop(model, None)
