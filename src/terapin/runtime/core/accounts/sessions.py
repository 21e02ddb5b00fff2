"""Access tokens and refresh tokens: what one login gives, and what follows from that.

A refresh token is used once, and the next follows from it by the secret of the service. Whoever has lost the answer, or
asks twice at the same time, is answered the same for a moment. Used later it is somebody else's, or was: all that came
of that login ends.
"""

from __future__ import annotations

import datetime as dt
import hmac
import logging
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..security.issuing import signed
from ..security.revocation import revoke
from ..security.settings import SecuritySettings
from ..security.table import revoked
from . import rows
from .declared import Account
from .rows import Row
from .settings import AccountsSettings
from .table import refresh_tokens

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tokens:
    """`expires_in` is in seconds, of the access token."""

    access_token: str
    refresh_token: str
    expires_in: int


class LoginSessions:
    def __init__(self, settings: AccountsSettings, security: SecuritySettings) -> None:
        self._settings = settings
        self._security = security
        # Nothing is taken that is good for longer.
        self._access_ttl = min(settings.access_ttl, security.longest)
        self._refresh_ttl = min(settings.refresh_ttl, security.longest)

    async def begin(self, session: AsyncSession, account: Account) -> Tokens:
        await rows.purge(session, refresh_tokens)
        return await self._give(session, account, uuid4(), secrets.token_urlsafe(32))

    async def follow(self, session: AsyncSession, token: str) -> Tokens | None:
        """None if the token is not good; the session is to be committed all the same."""
        found = await rows.refresh_token(session, token)
        row = await rows.locked(session, found.account_id) if found else None
        if row is None or row.disabled_at is not None:
            return None
        account = rows.account_of(row)
        # Only now it cannot change.
        used = await rows.refresh_token(session, token)
        now = await session.scalar(select(func.clock_timestamp()))
        if used is None or used.expires_at <= now or await self._is_revoked(session, used):
            return None
        following = self._following(token)
        if used.used_at is None:
            spent = update(refresh_tokens).where(refresh_tokens.c.digest == used.digest)
            await session.execute(spent.values(used_at=now))
            return await self._give(session, account, used.family, following)
        grace = dt.timedelta(seconds=self._settings.refresh_grace)
        given = await rows.refresh_token(session, following)
        if given and given.used_at is None and now - used.used_at < grace:
            return self._tokens(account, given, following)
        logger.warning("a refresh token of %s was used again: its login has ended", account.id)
        await self._end(session, used.family)
        return None

    async def end(self, session: AsyncSession, token: str) -> None:
        """All that came of the login that it came of."""
        found = await rows.refresh_token(session, token)
        if found and await rows.locked(session, found.account_id):
            await self._end(session, found.family)

    async def end_all(self, session: AsyncSession, account_id: UUID) -> None:
        """Access tokens and refresh tokens, up to now."""
        await revoke(session, self._security, "subject", str(account_id))

    async def _give(
        self, session: AsyncSession, account: Account, family: UUID, token: str
    ) -> Tokens:
        values = {
            "digest": rows.digest(token),
            "account_id": account.id,
            "family": family,
            "created_at": func.clock_timestamp(),
            "expires_at": rows.later(self._refresh_ttl),
            "access_id": uuid4(),
            "access_expires_at": rows.later(self._access_ttl),
        }
        made = insert(refresh_tokens).values(values).returning(*refresh_tokens.c)
        return self._tokens(account, (await session.execute(made)).one(), token)

    def _tokens(self, account: Account, row: Row, token: str) -> Tokens:
        """The moment is PostgreSQL's, as that of a revocation is."""
        access = signed(
            self._security,
            str(account.id),
            roles=account.roles,
            tenant=account.tenant,
            seconds=self._access_ttl,
            token_id=str(row.access_id),
            issued=row.created_at.timestamp(),
        )
        return Tokens(access, token, int(self._access_ttl))

    def _following(self, token: str) -> str:
        assert self._security.secret is not None
        key = self._security.secret.get_secret_value().encode()
        made = hmac.digest(key, b"refresh:" + token.encode(), "sha256")
        return urlsafe_b64encode(made).rstrip(b"=").decode()

    async def _is_revoked(self, session: AsyncSession, token: Row) -> bool:
        """With all that its subject was given."""
        found = select(revoked.c.name).where(
            revoked.c.kind == "subject",
            revoked.c.name == str(token.account_id),
            revoked.c.revoked_at >= token.created_at,
        )
        return await session.scalar(found) is not None

    async def _end(self, session: AsyncSession, family: UUID) -> None:
        ended = (
            delete(refresh_tokens)
            .where(refresh_tokens.c.family == family)
            .returning(refresh_tokens.c.access_id, refresh_tokens.c.access_expires_at)
        )
        moment = await session.scalar(select(func.clock_timestamp()))
        for access_id, expires_at in (await session.execute(ended)).all():
            if expires_at + dt.timedelta(seconds=self._security.leeway) > moment:
                await revoke(
                    session,
                    self._security,
                    "token",
                    str(access_id),
                    seconds=self._access_ttl + self._security.leeway,
                )
