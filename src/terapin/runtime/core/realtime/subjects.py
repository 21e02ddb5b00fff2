"""Who is at a socket, as far as it concerns rooms. A service that takes no tokens knows nobody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Protocol

from starlette.types import Scope


class Subject(Protocol):
    @property
    def id(self) -> str | None: ...

    @property
    def roles(self) -> frozenset[str]: ...

    @property
    def tenant(self) -> str | None: ...

    @property
    def expires(self) -> float | None:
        """In seconds since 1970."""

    @property
    def is_anonymous(self) -> bool: ...

    @property
    def principal(self) -> str:
        """One text of each subject."""


class Nobody:
    id = None
    roles: frozenset[str] = frozenset()
    tenant = None
    expires = None
    is_anonymous = True
    principal = "anonymous"


class Guard(Protocol):
    """Core's security."""

    # Called when somebody may have been revoked.
    listeners: list[Callable[[], None]]

    async def verified(self, token: bytes) -> Subject:
        """Raises Problem."""

    def check(self, subject: Subject) -> None:
        """Raises Problem where it is not good any more."""

    def acting(self, subject: Subject) -> AbstractContextManager[None]:
        """Inside, it is the current subject."""

    def packed(self, subject: Subject) -> bytes: ...

    def unpacked(self, packed: bytes) -> Subject: ...


NOBODY: Subject = Nobody()


def subject_of(scope: Scope) -> Subject:
    """Whose token came with the handshake's headers."""
    subject: Subject = scope.get("subject", NOBODY)
    return subject


class Admission:
    """Who may be in a room, and who may say something there: nobody, unless it says who.

    What it asks of services, it asks in the name of the subject.
    """

    def subscribe(self, subject: Subject, room: str) -> bool | Awaitable[bool]:
        return False

    def publish(self, subject: Subject, room: str) -> bool | Awaitable[bool]:
        return False


async def allowed(answer: bool | Awaitable[bool]) -> bool:
    return answer if isinstance(answer, bool) else await answer
