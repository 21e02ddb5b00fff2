"""What somebody can do with an account: each is a few transactions, between which no connection is held."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.types import Scope

from ..database import Database, after_commit, session_of
from ..errors import BadRequest, Problem
from ..security.settings import SecuritySettings
from ..security.subject import Subject, Unauthenticated
from ..sources.manager import Sources
from . import rows
from .attempts import Attempts
from .declared import Account, Accounts, Mail
from .mailing import Mailing
from .metrics import Counts
from .passwords import Hashing, check_password
from .rows import Row
from .sessions import LoginSessions, Tokens
from .settings import AccountsSettings


class WrongPassword(Problem):
    """It is not told whether there is such an account."""

    status = HTTPStatus.UNAUTHORIZED

    def __init__(self) -> None:
        super().__init__(
            "the address or the password is wrong", headers={"WWW-Authenticate": "Bearer"}
        )


class NotAllowed(Problem):
    """To somebody who knows the password."""

    status = HTTPStatus.FORBIDDEN


class BadToken(BadRequest):
    """Of a mail."""

    def __init__(self) -> None:
        super().__init__("the token is not valid, or not any more")


class AccountStore:
    def __init__(
        self,
        declared: Accounts,
        settings: AccountsSettings,
        security: SecuritySettings,
        sources: Sources,
        database: Database,
        hashing: Hashing,
        attempts: Attempts,
        mailing: Mailing,
    ) -> None:
        self._declared = declared
        self._settings = settings
        self._sources = sources
        self._database = database
        self._hashing = hashing
        self._attempts = attempts
        self.mailing = mailing
        self._logins = LoginSessions(settings, security)
        self.counts = Counts()

    async def register(self, email: str, password: str, scope: Scope) -> None:
        """Says nothing of whether there is such an account: who has its mails is told."""
        self._check(password, email, "/password")
        await self._attempts.mail(email, scope)
        hash_ = await self._hashing.hash(password)
        async with session_of(self._sources) as session:
            row = await rows.added(session, email, hash_)
            if row:
                await self._declared.registered(rows.account_of(row), session)
            else:
                row = await rows.by_email(session, email)
            if row is None:
                return
            mail = Mail("registered", row.email)
            if row.verified_at is None:
                seconds = self._settings.verify_ttl
                token = await rows.give_mail_token(session, row.id, "verify", seconds, hash_)
                mail = Mail("verify", row.email, token)

            async def post() -> None:
                self.mailing.post(mail)

            after_commit(session, post)

    async def verify(self, token: str) -> None:
        """The password is that of the registration whose mail this was. Raises BadToken."""
        async with self._database.session() as session:
            given = await rows.mail_token(session, token, "verify")
            row = await rows.locked(session, given.account_id) if given else None
            if given is None or row is None or not await rows.mail_token(session, token, "verify"):
                raise BadToken
            await rows.verified(session, row.id, given.password_hash)
            if given.password_hash != row.password_hash:
                await self._logins.end_all(session, row.id)

    async def login(self, email: str, password: str, scope: Scope) -> Tokens:
        """Raises WrongPassword, NotAllowed, TooManyRequests and Unavailable."""
        with self.counts.login():
            taken = await self._attempts.login(email, scope)
            async with self._database.session() as session:
                row = await rows.by_email(session, email)
            if not await self._hashing.verify(row and row.password_hash, password) or not row:
                raise WrongPassword
            await self._attempts.give(taken)
            if row.disabled_at is not None:
                raise NotAllowed("this account is disabled")
            if row.verified_at is None and self._settings.verification:
                raise NotAllowed("this address is not verified yet")
            newer = await self._newer(row, password)
            async with self._database.session() as session:
                account = await self._unchanged(session, row)
                if newer:
                    await rows.rehashed(session, row, newer, is_new=False)
                await self._attempts.know(session, email, scope)
                return await self._logins.begin(session, account)

    async def refresh(self, token: str) -> Tokens:
        """Raises Unauthenticated."""
        async with self._database.session() as session:
            tokens = await self._logins.follow(session, token)
        if tokens is None:
            raise Unauthenticated("the refresh token is not valid")
        return tokens

    async def logout(self, token: str) -> None:
        async with self._database.session() as session:
            await self._logins.end(session, token)

    async def forgot(self, email: str, scope: Scope) -> None:
        """What is done where there is such an account is done afterwards, so that nobody can tell by the time."""
        await self._attempts.mail(email, scope)
        self.mailing.post_made(lambda: self._reset_mail(email))

    async def _reset_mail(self, email: str) -> Mail | None:
        async with self._database.session() as session:
            row = await rows.by_email(session, email)
            if row is None or row.disabled_at is not None:
                return None
            seconds = self._settings.reset_ttl
            token = await rows.give_mail_token(session, row.id, "reset", seconds)
        return Mail("reset", row.email, token)

    async def reset(self, token: str, password: str, scope: Scope) -> None:
        """Ends all logins. Raises BadToken."""
        async with self._database.session() as session:
            given = await rows.mail_token(session, token, "reset")
            row = given and await rows.by_id(session, given.account_id)
        if given is None or row is None:
            raise BadToken
        self._check(password, row.email, "/password")
        hash_ = await self._hashing.hash(password)
        async with self._database.session() as session:
            await rows.locked(session, row.id)
            if not await rows.mail_token(session, token, "reset"):
                raise BadToken
            # Who has its mails has the address.
            await rows.verified(session, row.id, hash_)
            await self._logins.end_all(session, row.id)
            await self._attempts.know(session, row.email, scope)

    async def change(self, subject: Subject, old: str, new: str, scope: Scope) -> Tokens:
        """Ends all other logins. Raises WrongPassword, NotAllowed, TooManyRequests and Unavailable."""
        async with self._database.session() as session:
            row = await rows.by_id(session, _id(subject))
        if row is None:
            raise NotAllowed("this token is of no account")
        self._check(new, row.email, "/new_password")
        taken = await self._attempts.login(row.email, scope)
        if not await self._hashing.verify(row.password_hash, old):
            raise WrongPassword
        await self._attempts.give(taken)
        hash_ = await self._hashing.hash(new)
        async with self._database.session() as session:
            account = await self._unchanged(session, row)
            await rows.rehashed(session, row, hash_, is_new=True)
            await self._logins.end_all(session, row.id)
            return await self._logins.begin(session, account)

    def _check(self, password: str, email: str, pointer: str) -> None:
        check_password(password, self._settings.shortest_password, email, pointer)

    async def _newer(self, row: Row, password: str) -> str | None:
        """The hash by the parameters of today."""
        if not self._hashing.is_outdated(row.password_hash):
            return None
        return await self._hashing.hash(password)

    async def _unchanged(self, session: AsyncSession, row: Row) -> Account:
        """It stays so until the session ends. Raises WrongPassword if it is not what was looked at."""
        now = await rows.locked(session, row.id)
        if now is None or now.disabled_at or now.password_hash != row.password_hash:
            raise WrongPassword
        return rows.account_of(now)


def _id(subject: Subject) -> UUID:
    if subject.kind == "user":
        with suppress(ValueError):
            return UUID(subject.id)
    raise NotAllowed("this token is of no account")
