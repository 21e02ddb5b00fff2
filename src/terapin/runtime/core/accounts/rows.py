"""What is read and written of accounts, in the session of a caller. Whoever changes one has its row first."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Collection
from typing import Any, Literal
from uuid import UUID, uuid4

from sqlalchemy import Table, delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from .declared import Account
from .table import accounts, limits, mail_tokens, refresh_tokens

_PURGED_AT_ONCE = 20

Row = Any


def digest(token: str) -> bytes:
    """It is random, so that nobody can guess it from this; a slow digest would only be slow."""
    return hashlib.sha256(token.encode()).digest()


def later(seconds: float) -> Any:
    return func.clock_timestamp() + dt.timedelta(seconds=seconds)


def account_of(row: Row) -> Account:
    return Account(
        id=row.id,
        email=row.email,
        roles=frozenset(row.roles),
        tenant=row.tenant,
        created_at=row.created_at,
        verified_at=row.verified_at,
        disabled_at=row.disabled_at,
    )


async def by_email(session: AsyncSession, email: str) -> Row | None:
    return (await session.execute(select(accounts).where(accounts.c.email == email))).first()


async def by_id(session: AsyncSession, id_: UUID) -> Row | None:
    return (await session.execute(select(accounts).where(accounts.c.id == id_))).first()


async def locked(session: AsyncSession, id_: UUID) -> Row | None:
    """Nobody else changes it, or gives it tokens, until the session ends."""
    found = select(accounts).where(accounts.c.id == id_).with_for_update(key_share=True)
    return (await session.execute(found)).first()


async def added(
    session: AsyncSession,
    email: str,
    password_hash: str,
    *,
    roles: Collection[str] = (),
    tenant: str | None = None,
    is_verified: bool = False,
) -> Row | None:
    """None if there is one of this address."""
    made = insert(accounts).values(
        id=uuid4(),
        email=email,
        password_hash=password_hash,
        roles=sorted(roles),
        tenant=tenant,
        verified_at=func.now() if is_verified else None,
    )
    made = made.on_conflict_do_nothing(index_elements=["email"])
    return (await session.execute(made.returning(*accounts.c))).first()


async def changed(session: AsyncSession, id_: UUID, **values: Any) -> None:
    await session.execute(update(accounts).where(accounts.c.id == id_).values(values))


async def give_mail_token(
    session: AsyncSession,
    account_id: UUID,
    purpose: Literal["verify", "reset"],
    seconds: float,
    password_hash: str | None = None,
) -> str:
    token = secrets.token_urlsafe(32)
    values = {
        "digest": digest(token),
        "account_id": account_id,
        "purpose": purpose,
        "password_hash": password_hash,
        "expires_at": later(seconds),
    }
    await session.execute(insert(mail_tokens).values(values))
    await purge(session, mail_tokens)
    return token


async def mail_token(session: AsyncSession, token: str, purpose: str) -> Row | None:
    """If it is good."""
    found = select(mail_tokens).where(
        mail_tokens.c.digest == digest(token),
        mail_tokens.c.purpose == purpose,
        mail_tokens.c.expires_at > func.clock_timestamp(),
    )
    return (await session.execute(found)).first()


async def rehashed(session: AsyncSession, row: Row, password_hash: str, *, is_new: bool) -> None:
    """By whoever knows the password: a mail that would verify it verifies this hash, and resets no new one."""
    of_account = mail_tokens.c.account_id == row.id
    verifying = mail_tokens.c.password_hash == row.password_hash
    kept = update(mail_tokens).where(of_account, verifying).values(password_hash=password_hash)
    await session.execute(kept)
    if is_new:
        resetting = mail_tokens.c.purpose == "reset"
        await session.execute(delete(mail_tokens).where(of_account, resetting))
    await changed(session, row.id, password_hash=password_hash)


async def verified(session: AsyncSession, id_: UUID, password_hash: str | None = None) -> None:
    """Somebody has shown whose it is: what was sent by mail before is good no more."""
    await session.execute(delete(mail_tokens).where(mail_tokens.c.account_id == id_))
    values = {} if password_hash is None else {"password_hash": password_hash}
    await changed(
        session, id_, verified_at=func.coalesce(accounts.c.verified_at, func.now()), **values
    )


async def refresh_token(session: AsyncSession, token: str) -> Row | None:
    """Whether it is used up or expired is for the caller to see."""
    found = select(refresh_tokens).where(refresh_tokens.c.digest == digest(token))
    return (await session.execute(found)).first()


async def know(session: AsyncSession, name: str, seconds: float) -> None:
    """That something holds for so long."""
    known = insert(limits).values(name=name, until=later(seconds))
    known = known.on_conflict_do_update(index_elements=["name"], set_={"until": later(seconds)})
    await session.execute(known)


async def is_known(session: AsyncSession, name: str) -> bool:
    found = select(limits.c.name).where(
        limits.c.name == name, limits.c.until > func.clock_timestamp()
    )
    return await session.scalar(found) is not None


async def purge(session: AsyncSession, table: Table) -> None:
    """Some of what is over."""
    key, until = tuple_(*table.primary_key), table.c.get("expires_at", table.c.get("until"))
    over = select(*table.primary_key).where(until < func.now()).limit(_PURGED_AT_ONCE)
    await session.execute(delete(table).where(key.in_(over.with_for_update(skip_locked=True))))
