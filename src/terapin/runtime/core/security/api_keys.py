"""Keys of machines, which have no identity provider to go to: long random texts that are shown once."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Collection, Sequence
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from ..database import Database
from .following import Following
from .subject import Subject, Unauthenticated

# In every key, so that those who look for secrets in public places know one.
MARK = "_sk_"
_LONGEST = 256
# How exactly it is known when a key was used last.
_USED_AGAIN = 3600.0

_CREATE = text("""
WITH made AS (
    INSERT INTO api_keys (id, digest, subject, roles, tenant, changed_at, expires_at)
    VALUES (
        :id, :digest, :subject, CAST(:roles AS jsonb), :tenant,
        clock_timestamp(), now() + make_interval(secs => :seconds)
    )
    RETURNING 1
)
SELECT count(pg_notify('api_keys', '')) FROM made
""")

_REVOKE = text("""
WITH changed AS (
    UPDATE api_keys SET revoked_at = now(), changed_at = clock_timestamp()
    WHERE id = :id AND revoked_at IS NULL RETURNING 1
)
SELECT count(pg_notify('api_keys', '')) FROM changed
""")

_USED = "UPDATE api_keys SET last_used_at = now() WHERE id = ANY($1::uuid[])"


async def create(
    session: AsyncSession,
    prefix: str,
    subject: str,
    *,
    roles: Collection[str] = (),
    tenant: str | None = None,
    seconds: float | None = None,
) -> str:
    """The key, which is kept nowhere; `seconds` is for how long it is good, if not for ever."""
    key = f"{prefix}{MARK}{secrets.token_urlsafe(32)}"
    values = {
        "id": uuid4(),
        "digest": _digest(key.encode()),
        "subject": subject,
        "roles": orjson.dumps(sorted(roles)).decode(),
        "tenant": tenant,
        "seconds": seconds,
    }
    await session.execute(_CREATE, values)
    return key


async def revoke_key(session: AsyncSession, id_: UUID) -> bool:
    """Whether there was one that was not revoked."""
    return bool(await session.scalar(_REVOKE, {"id": id_}))


def is_key(token: bytes) -> bool:
    """Other tokens have dots, and nothing of ours."""
    return MARK.encode() in token and b"." not in token


class ApiKeys(Following):
    """All keys that are good, by their digest."""

    channel = "api_keys"
    statement = """
        SELECT id, digest, subject, roles::text AS roles, tenant, created_at, expires_at, changed_at,
            revoked_at IS NOT NULL AS is_revoked
        FROM api_keys WHERE (expires_at IS NULL OR expires_at > now()) AND changed_at > $1 ORDER BY changed_at
    """

    def __init__(self, database: Database, changed: Callable[[], None] = lambda: None) -> None:
        super().__init__(database, changed)
        self._subjects: dict[bytes, Subject] = {}
        # Their ids.
        self._good: set[str | None] = set()
        # When a use of each was last written down, on the monotonic clock, and which are to be.
        self._noted: dict[UUID, float] = {}
        self._used: set[UUID] = set()

    def take(self, rows: Sequence[Any], *, all_of_them: bool) -> None:
        if all_of_them:
            self._subjects = {}
        for row in rows:
            if row["is_revoked"]:
                self._subjects.pop(row["digest"], None)
            else:
                self._subjects[row["digest"]] = _subject(row)
        if rows or all_of_them:
            self._good = {each.token_id for each in self._subjects.values()}

    def subject(self, key: bytes) -> Subject:
        """Raises Unauthenticated and Unavailable."""
        self.check_known()
        found = self._subjects.get(_digest(key)) if len(key) <= _LONGEST else None
        if found is None:
            raise Unauthenticated
        if found.expires is not None and found.expires <= time.time():
            raise Unauthenticated("the token has expired")
        self._note(UUID(found.token_id))
        return found

    def check(self, subject: Subject) -> None:
        """Raises Unauthenticated."""
        if subject.token_id not in self._good:
            raise Unauthenticated

    def _note(self, id_: UUID) -> None:
        now = time.monotonic()
        if now - self._noted.get(id_, -_USED_AGAIN) >= _USED_AGAIN:
            self._noted[id_] = now
            self._used.add(id_)

    async def work(self) -> None:
        """Writes down which were used, if that is not known yet."""
        if self._used:
            used = [*self._used]
            await self.database.write(_USED, (used,))
            self._used.difference_update(used)


def _digest(key: bytes) -> bytes:
    """It is random, so that nobody can guess it from this; a slow digest would only be slow."""
    return hashlib.sha256(key).digest()


def _subject(row: Any) -> Subject:
    expires = row["expires_at"]
    return Subject(
        id=row["subject"],
        kind="key",
        roles=frozenset(orjson.loads(row["roles"])),
        tenant=row["tenant"],
        token_id=str(row["id"]),
        issued=row["created_at"].timestamp(),
        expires=None if expires is None else expires.timestamp(),
    )
