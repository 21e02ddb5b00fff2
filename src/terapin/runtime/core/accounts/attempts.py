"""How often a password may be wrong, and how many mails are sent, in all processes together.

It is counted in Redis where a service has one, and else in PostgreSQL. From a network where somebody has logged in
before, or has reset the password by mail, an account has a bucket of its own: whoever guesses elsewhere does not keep
its owner out.
"""

from __future__ import annotations

import datetime as dt
import hmac

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.types import Scope

from ..database import Database
from ..security.limits import SharedBuckets, TooManyRequests, address_of
from ..security.settings import Rate
from ..sources.manager import Sources
from . import rows
from .settings import AccountsSettings
from .table import limits

# For which a network is known to an account.
_KNOWN = 90 * 86_400.0

Bucket = tuple[str, Rate]


class Attempts:
    def __init__(
        self,
        settings: AccountsSettings,
        secret: str,
        prefix: str,
        sources: Sources,
        database: Database,
    ) -> None:
        """`prefix` is that of the service's keys in Redis."""
        self._login = _rate(settings.login_rate)
        self._address = _rate(settings.address_rate)
        self._mail = _rate(settings.mail_rate)
        self._key = b"limits:" + secret.encode()
        self._database = database
        self._buckets = SharedBuckets(prefix, sources, _Counted(database))

    async def login(self, email: str, scope: Scope) -> list[Bucket]:
        """What is taken. Raises TooManyRequests."""
        address = address_of(scope)
        async with self._database.session() as session:
            is_known = await rows.is_known(session, self._name("known", email, address))
        account = (email, address) if is_known else (email,)
        return await self._take(
            (self._name("address", address), self._address),
            (self._name("login", *account), self._login),
        )

    async def mail(self, email: str, scope: Scope) -> None:
        """Raises TooManyRequests."""
        await self._take(
            (self._name("mails", address_of(scope)), self._address),
            (self._name("mail", email), self._mail),
        )

    async def give(self, buckets: list[Bucket]) -> None:
        for name, rate in buckets:
            await self._buckets.give(name, rate)

    async def know(self, session: AsyncSession, email: str, scope: Scope) -> None:
        """That the owner of an account has been there."""
        await rows.know(session, self._name("known", email, address_of(scope)), _KNOWN)

    async def _take(self, *buckets: Bucket) -> list[Bucket]:
        for name, rate in buckets:
            if wait := await self._buckets.take(name, rate):
                raise TooManyRequests(wait / 1_000_000)
        return [*buckets]

    def _name(self, purpose: str, *parts: str) -> str:
        """Of which nobody can tell whose address it is."""
        return f"{purpose}:{hmac.digest(self._key, chr(0).join(parts).encode(), 'sha256').hex()}"


class _Counted:
    """Buckets in PostgreSQL, each the moment at which it is full again, by its clock."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, who: str, rate: Rate) -> int:
        interval, all_ = _span(rate.interval), _span(rate.all)
        now = func.clock_timestamp()
        full = func.greatest(limits.c.until, now) + interval
        taken = insert(limits).values(name=who, until=now + interval)
        taken = taken.on_conflict_do_update(
            index_elements=["name"], set_={"until": full}, where=full <= now + all_
        )
        left = select(limits.c.until + interval - all_ - now).where(limits.c.name == who)
        async with self._database.session() as session:
            if (await session.scalars(taken.returning(limits.c.name))).first() is not None:
                await rows.purge(session, limits)
                return 0
            wait: dt.timedelta | None = await session.scalar(left)
        return 1 if wait is None else max(1, round(wait / dt.timedelta(microseconds=1)))

    async def give(self, who: str, rate: Rate) -> None:
        given = update(limits).where(limits.c.name == who)
        async with self._database.session() as session:
            await session.execute(given.values(until=limits.c.until - _span(rate.interval)))


def _span(microseconds: int) -> dt.timedelta:
    return dt.timedelta(microseconds=microseconds)


def _rate(text: str) -> Rate:
    rate = Rate.parse(text)
    assert rate
    return rate
