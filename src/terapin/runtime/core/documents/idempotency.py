"""Idempotency keys in a collection, for what no transaction holds together with them.

Whoever has claimed a key has a lease on it: a concurrent repetition waits for the answer, and takes over when the
lease ends without one, because whoever had it has crashed. Times are those of the server.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from pymongo import ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import DuplicateKeyError

from ..idempotency import KEPT_HOURS, Entry, Ledger
from ..resilience.deadlines import remaining
from ..sources.mongodb import Mongodb

COLLECTION = "idempotency_keys"
KEPT_SECONDS = KEPT_HOURS * 3600
# Beyond the deadline of the request that holds a key; without a deadline it holds it for so long.
GRACE = 5.0
LONGEST_LEASE = 60.0
_FIRST_WAIT, _LONGEST_WAIT = 0.02, 0.25


class CollectionLedger(Ledger):
    def __init__(self, source: Mongodb, principal: str, key: str) -> None:
        self.source = source
        self._own = {"principal": principal, "key": key}
        self._token = uuid4()

    async def claim(self, fingerprint: bytes) -> Entry | None:
        wait = _FIRST_WAIT
        while True:
            kept = await self.source.call(lambda: self._taken(fingerprint), idempotent=True)
            if kept is not None and kept["token"] == self._token:
                return None
            if kept is not None and (kept["fingerprint"] != fingerprint or "status" in kept):
                status, answer, headers = map(kept.get, ("status", "answer", "headers"))
                return Entry(kept["fingerprint"], status, answer, headers)
            await asyncio.sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT)

    async def _taken(self, fingerprint: bytes) -> dict[str, Any] | None:
        """What is kept under the key, which is ours now if it was free; None if others were just taking it."""
        lease = round(1000 * (remaining(LONGEST_LEASE) + GRACE))
        new = {
            "_id": "$_id",
            "token": self._token,
            "fingerprint": fingerprint,
            "created_at": "$$NOW",
            "until": {"$add": ["$$NOW", lease]},
        }
        # Compared as numbers, which is the same for every server that speaks MongoDB's protocol.
        now, until, created_at = ({"$toLong": each} for each in ("$$NOW", "$until", "$created_at"))
        expiry = {"$subtract": [now, 1000 * KEPT_SECONDS]}
        unanswered = {"$eq": [{"$type": "$status"}, "missing"]}
        free = {
            "$or": [
                {"$eq": [{"$type": "$token"}, "missing"]},
                {"$lt": [created_at, expiry]},
                {"$and": [unanswered, {"$lt": [until, now]}]},
            ]
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
        await self.source.call(
            lambda: self._keys.delete_one({"_id": self._own, "token": self._token}),
            idempotent=True,
        )

    @property
    def _keys(self) -> AsyncCollection[dict[str, Any]]:
        return self.source.database[COLLECTION]
