"""The subject of a request: one for all of its paths, and for what it starts."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from http import HTTPStatus
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeGuard

from fastapi import Depends
from fastapi.security import APIKeyHeader, HTTPBearer

from ..errors import Anonymous, Problem

SUBJECT = "subject"
LONGEST_NAME = 200
# What they are called in OpenAPI.
TOKEN, KEY = "token", "key"
KEY_HEADER = "X-API-Key"


class Unauthenticated(Problem):
    """Tells a stranger no more than whether a token that was good has expired."""

    status = HTTPStatus.UNAUTHORIZED

    def __init__(self, detail: str = "the token is not valid") -> None:
        challenge = f'Bearer error="invalid_token", error_description="{detail}"'
        super().__init__(detail, headers={"WWW-Authenticate": challenge})


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Subject:
    """Who asks. Times are in seconds since 1970; `claims` is all that a token says."""

    id: str | None
    kind: Literal["anonymous", "user", "key"]
    roles: frozenset[str] = frozenset()
    tenant: str | None = None
    token_id: str | None = None
    issued: float | None = None
    expires: float | None = None
    claims: Mapping[str, Any] = field(default_factory=_nothing, repr=False, hash=False)

    @property
    def is_anonymous(self) -> bool:
        return self.id is None

    @property
    def principal(self) -> str:
        """One text of each subject, and only of it."""
        return self.kind if self.id is None else f"{self.kind}:{self.id}"


_TOKEN = HTTPBearer(bearerFormat="JWT", scheme_name=TOKEN, auto_error=False)
_KEY = APIKeyHeader(name=KEY_HEADER, scheme_name=KEY, auto_error=False)

ANONYMOUS = Subject(None, "anonymous")

current: ContextVar[Subject] = ContextVar(SUBJECT, default=ANONYMOUS)


def is_name(value: object) -> TypeGuard[str]:
    """Of a subject, a role, a tenant or a token: it goes into keys of tables, and into lines that are shown."""
    return isinstance(value, str) and 0 < len(value) <= LONGEST_NAME and value.isprintable()


def current_subject() -> Subject:
    return current.get()


async def _current_subject() -> Subject:
    return current.get()


async def _authenticated(
    token: Annotated[object, Depends(_TOKEN)], key: Annotated[object, Depends(_KEY)]
) -> Subject:
    """Which of them it is was found out before: they are here for the OpenAPI document."""
    subject = current.get()
    if subject.is_anonymous:
        raise Anonymous
    return subject


CurrentSubject = Annotated[Subject, Depends(_current_subject)]
# As the one above, and 401 for whoever has no token.
AuthenticatedSubject = Annotated[Subject, Depends(_authenticated)]
