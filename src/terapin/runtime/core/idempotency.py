"""Idempotency-Key: a POST that is repeated is answered again, not done again.

The key is claimed in the transaction of the write. A concurrent repetition waits at the primary key
for that transaction to end, and then finds its answer, or, if it was rolled back, does the work.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

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
_EXPIRY = text("now() - interval '24 hours'")
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

Principal = Callable[[Request], str]


def anonymous(_: Request) -> str:
    """To whom keys belong as long as a service knows no accounts: all share them."""
    return "anonymous"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to do what a key stands for, held until the transaction ends."""

    session: AsyncSession
    principal: str
    key: str

    async def record(self, response: Response) -> None:
        headers = {name: response.headers[name] for name in _KEPT if name in response.headers}
        await self.session.execute(
            update(keys)
            .where(keys.c.principal == self.principal, keys.c.key == self.key)
            .values(status=response.status_code, answer=bytes(response.body), headers=headers)
        )


async def claim(
    request: Request, session: AsyncSession, principal: Principal = anonymous
) -> Claim | Response | None:
    """None without a key, the earlier answer where there is one, else the right to make it."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not (0 < len(key) <= MAX_LENGTH and key.isascii() and key.isprintable()):
        fault = Fault(header=HEADER, detail=f"must be 1 to {MAX_LENGTH} printable characters")
        raise BadRequest("a header is malformed", faults=[fault])
    owner = principal(request)
    fingerprint = await _fingerprint(request)
    if await _claimed(session, owner, key, fingerprint):
        await _purge(session)
        return Claim(session, owner, key)
    return await _replay(session, owner, key, fingerprint)


async def _fingerprint(request: Request) -> bytes:
    digest = hashlib.sha256(f"{request.method} {request.url.path}\n".encode())
    digest.update(await request.body())
    return digest.digest()


async def _claimed(session: AsyncSession, principal: str, key: str, fingerprint: bytes) -> bool:
    new = insert(keys).values(principal=principal, key=key, fingerprint=fingerprint)
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
    return (await session.execute(statement)).first() is not None


async def _replay(session: AsyncSession, principal: str, key: str, fingerprint: bytes) -> Response:
    statement = select(keys).where(keys.c.principal == principal, keys.c.key == key)
    row = (await session.execute(statement)).one()
    if row.fingerprint != fingerprint:
        raise Invalid(Fault(header=HEADER, detail="was used for another request"))
    if row.status is None:
        raise Conflict("the first request of this key left no answer")
    return Response(row.answer, row.status, {**row.headers, "Idempotency-Replayed": "true"})


async def _purge(session: AsyncSession) -> None:
    """Each new key takes some old ones away, so that no job has to."""
    old = (
        select(keys.c.principal, keys.c.key)
        .where(keys.c.created_at < _EXPIRY)
        .limit(PURGED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    await session.execute(delete(keys).where(tuple_(keys.c.principal, keys.c.key).in_(old)))
