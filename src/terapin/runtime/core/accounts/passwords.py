"""Passwords: which are taken, and how they are kept (Argon2id)."""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ..errors import Fault, Invalid, Unavailable
from .common import COMMON
from .settings import AccountsSettings

T = TypeVar("T")

SHORTEST, LONGEST = 8, 128
# What has fewer different characters is a key that was held down.
_FEWEST = 4


def normal(password: str) -> str:
    """The same however a keyboard composes it."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, shortest: int, email: str, pointer: str) -> None:
    """Raises Invalid, which says where by `pointer`."""
    if fault := _fault(normal(password), shortest, email.lower()):
        raise Invalid(Fault(pointer=pointer, detail=fault))


def _fault(password: str, shortest: int, email: str) -> str | None:
    if not shortest <= len(password) <= LONGEST:
        return f"must have {shortest} to {LONGEST} characters"
    lower = password.lower()
    if lower in COMMON or len(set(lower)) < _FEWEST:
        return "is among the first that are tried"
    if lower in (email, *email.split("@")):
        return "is the address"
    return None


class Hashing:
    """In threads, of which there are few, as each takes memory: the event loop does not wait for them."""

    def __init__(self, settings: AccountsSettings) -> None:
        self._hasher = PasswordHasher(
            time_cost=settings.hash_time,
            memory_cost=settings.hash_memory,
            parallelism=settings.hash_parallelism,
        )
        self._most = settings.hash_threads + settings.hash_queue
        self._threads = ThreadPoolExecutor(settings.hash_threads, "passwords")
        self._working = 0
        self._nobodys = ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        self._nobodys = await self.hash(secrets.token_urlsafe())
        try:
            yield
        finally:
            self._threads.shutdown(wait=False, cancel_futures=True)

    async def hash(self, password: str) -> str:
        """Raises Unavailable if too many wait."""
        return await self._apart(lambda: self._hasher.hash(normal(password)))

    async def verify(self, hash_: str | None, password: str) -> bool:
        """Without a hash it takes as long, and is never right. Raises Unavailable if too many wait."""
        known = self._nobodys if hash_ is None else hash_

        def verified() -> bool:
            try:
                return self._hasher.verify(known, normal(password))
            except (VerificationError, InvalidHashError):
                return False

        return await self._apart(verified) and hash_ is not None

    def is_outdated(self, hash_: str) -> bool:
        """Whether it was made by other parameters."""
        return self._hasher.check_needs_rehash(hash_)

    async def _apart(self, work: Callable[[], T]) -> T:
        if self._working >= self._most:
            raise Unavailable("too many passwords are looked at")
        self._working += 1
        future = asyncio.get_running_loop().run_in_executor(self._threads, work)
        # Whoever does not wait any more leaves it at work.
        future.add_done_callback(self._done)
        return await asyncio.shield(future)

    def _done(self, _: object) -> None:
        self._working -= 1
