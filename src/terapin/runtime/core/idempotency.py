"""Idempotency-Key: a POST that is repeated is answered again, not done again.

Keys are kept where the rows are. In PostgreSQL a key is claimed in the transaction of the write: a concurrent
repetition waits at the primary key for that transaction to end, and then finds its answer, or, if it was rolled
back, does the work.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from sqlalchemy import (
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    delete,
    func,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from .database import Base
from .errors import BadRequest, Conflict, Fault, Invalid

HEADER = "Idempotency-Key"
MAX_LENGTH = 255
PURGED_AT_ONCE = 20
KEPT_HOURS = 24
_EXPIRY = text(f"now() - interval '{KEPT_HOURS} hours'")
_KEPT = ("content-type", "location", "etag")

keys = Table(
    "idempotency_keys",
    Base.metadata,
    Column("principal", String(255), primary_key=True),
    Column("key", String(MAX_LENGTH), primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("status", Integer),
    Column("answer", LargeBinary),
    Column("headers", JSONB),
    Column("created_at", DateTime(timezone=True), server_default=func.now(), nullable=False),
    Index("ix_idempotency_keys_created_at", "created_at"),
)


def principal_of(request: Request) -> str:
    """To whom keys belong: strangers share them."""
    subject = request.scope.get("subject")
    return "anonymous" if subject is None else str(subject.principal)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a key stands for; without a `status` as long as there is no answer."""

    fingerprint: bytes
    status: int | None
    answer: bytes | None
    headers: Mapping[str, str] | None

    def replay(self, fingerprint: bytes) -> Response:
        if self.fingerprint != fingerprint:
            raise Invalid(Fault(header=HEADER, detail="was used for another request"))
        if self.status is None:
            raise Conflict("the first request of this key left no answer")
        headers = {**(self.headers or {}), "Idempotency-Replayed": "true"}
        return Response(self.answer, self.status, headers)


class Ledger(ABC):
    """Keeps a key of a principal, where what is done in its name is written."""

    def turn(self) -> AbstractAsyncContextManager[None]:
        """Inside, nobody else in this process asks for the key."""
        return nullcontext()

    @abstractmethod
    async def claim(self, fingerprint: bytes) -> Entry | None:
        """None if the caller may do the work; else what is kept, once whoever has the key is done."""

    @abstractmethod
    async def record(self, status: int, answer: bytes, headers: Mapping[str, str]) -> None:
        """The work is done, and this is its answer."""

    @abstractmethod
    async def release(self) -> None:
        """The work failed, or was cancelled: the next may do it."""


async def once(
    request: Request,
    ledger: Callable[[str, str], Ledger],
    work: Callable[[], Awaitable[Response]],
) -> Response:
    """The answer of `work`, or the one that an earlier request with the same key has got.

    `ledger` is made of a principal and a key.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return await work()
    if not (0 < len(key) <= MAX_LENGTH and key.isascii() and key.isprintable()):
        fault = Fault(header=HEADER, detail=f"must be 1 to {MAX_LENGTH} printable characters")
        raise BadRequest("a header is malformed", faults=[fault])
    claimed = ledger(principal_of(request), key)
    fingerprint = await _fingerprint(request)
    async with claimed.turn():
        if entry := await claimed.claim(fingerprint):
            return entry.replay(fingerprint)
        try:
            response = await work()
            headers = {name: response.headers[name] for name in _KEPT if name in response.headers}
            await claimed.record(response.status_code, bytes(response.body), headers)
        except BaseException:
            await claimed.release()
            raise
    return response


async def _fingerprint(request: Request) -> bytes:
    digest = hashlib.sha256(f"{request.method} {request.url.path}\n".encode())
    digest.update(await request.body())
    return digest.digest()


class TableLedger(Ledger):
    """In the table `idempotency_keys`; what the transaction rolls back was never claimed."""

    def __init__(self, session: AsyncSession, principal: str, key: str) -> None:
        self.session = session
        self.principal = principal
        self.key = key

    async def claim(self, fingerprint: bytes) -> Entry | None:
        if await self._claimed(fingerprint):
            await self._purge()
            return None
        row = (await self.session.execute(select(keys).where(*self._own))).one()
        return Entry(row.fingerprint, row.status, row.answer, row.headers)

    async def record(self, status: int, answer: bytes, headers: Mapping[str, str]) -> None:
        recorded = update(keys).where(*self._own)
        await self.session.execute(
            recorded.values(status=status, answer=answer, headers=dict(headers))
        )

    async def release(self) -> None:
        """The transaction is rolled back by whoever began it."""

    @property
    def _own(self) -> tuple[Any, Any]:
        return keys.c.principal == self.principal, keys.c.key == self.key

    async def _claimed(self, fingerprint: bytes) -> bool:
        new = insert(keys).values(principal=self.principal, key=self.key, fingerprint=fingerprint)
        statement = new.on_conflict_do_update(
            index_elements=[keys.c.principal, keys.c.key],
            set_={
                "fingerprint": new.excluded.fingerprint,
                "status": None,
                "answer": None,
                "headers": None,
                "created_at": func.now(),
            },
            where=keys.c.created_at < _EXPIRY,
        ).returning(keys.c.key)
        return (await self.session.execute(statement)).first() is not None

    async def _purge(self) -> None:
        """Each new key takes some old ones away, so that no job has to."""
        old = (
            select(keys.c.principal, keys.c.key)
            .where(keys.c.created_at < _EXPIRY)
            .limit(PURGED_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        await self.session.execute(
            delete(keys).where(tuple_(keys.c.principal, keys.c.key).in_(old))
        )
