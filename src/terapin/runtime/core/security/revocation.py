"""Tokens that are not good any more before they expire."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from ..database import Database
from .following import Following
from .settings import SecuritySettings
from .subject import Subject, Unauthenticated

Kind = Literal["token", "subject"]

_PURGED_AT_ONCE = 20

_REVOKE = text("""
WITH written AS (
    INSERT INTO revoked_tokens (kind, name, revoked_at, until)
    VALUES (:kind, :name, clock_timestamp(), now() + make_interval(secs => :seconds))
    ON CONFLICT (kind, name) DO UPDATE SET revoked_at = excluded.revoked_at, until = excluded.until
    RETURNING 1
)
SELECT count(pg_notify('revoked_tokens', '')) FROM written
""")

_PURGE = text("""
DELETE FROM revoked_tokens WHERE (kind, name) IN (
    SELECT kind, name FROM revoked_tokens WHERE until < now() LIMIT :number FOR UPDATE SKIP LOCKED
)
""")


async def revoke(
    session: AsyncSession,
    settings: SecuritySettings,
    kind: Kind,
    name: str,
    *,
    seconds: float | None = None,
) -> None:
    """A token by its `jti`, or all that a subject was given up to now, with the transaction of the session.

    `seconds` is for how long any of it can still be good, if that is known.
    """
    seconds = settings.longest + settings.leeway if seconds is None else seconds
    await session.execute(_REVOKE, {"kind": kind, "name": name, "seconds": seconds})
    await session.execute(_PURGE, {"number": _PURGED_AT_ONCE})


class Revocation(Following):
    """What is known of it in this process."""

    channel = "revoked_tokens"
    statement = """
        SELECT kind, name, revoked_at AS changed_at FROM revoked_tokens
        WHERE until > now() AND revoked_at > $1 ORDER BY revoked_at
    """

    def __init__(self, database: Database, changed: Callable[[], None] = lambda: None) -> None:
        super().__init__(database, changed)
        # Seconds since 1970, by name.
        self._revoked: dict[Kind, dict[str, float]] = {"token": {}, "subject": {}}

    def take(self, rows: Sequence[Any], *, all_of_them: bool) -> None:
        if all_of_them:
            self._revoked = {"token": {}, "subject": {}}
        for row in rows:
            self._revoked[row["kind"]][row["name"]] = row["changed_at"].timestamp()

    def check(self, subject: Subject) -> None:
        """Raises Unauthenticated and Unavailable."""
        self.check_known()
        until = self._revoked["subject"].get(subject.id or "")
        if subject.token_id in self._revoked["token"] or (
            until is not None and (subject.issued or 0) <= until
        ):
            raise Unauthenticated
