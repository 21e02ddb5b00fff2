"""What a service says of its accounts, in a module of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from ..sources.manager import Sources

Purpose = Literal["verify", "reset", "registered"]


@dataclass(frozen=True, slots=True)
class Account:
    """`id` is the `sub` of its tokens."""

    id: UUID
    email: str
    roles: frozenset[str] = frozenset()
    tenant: str | None = None
    created_at: dt.datetime | None = None
    verified_at: dt.datetime | None = None
    disabled_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Mail:
    """To be sent, in words and a language of the service's.

    "verify" has a token for `POST /auth/verify` and "reset" one for `POST /auth/password/reset`: it belongs into a link
    to a page that posts it. "registered" goes to somebody who has an account, when it is registered again.
    """

    purpose: Purpose
    to: str
    token: str | None = field(default=None, repr=False)


Send = Callable[[Mail], Awaitable[None]]
Registered = Callable[[Account, AsyncSession], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Accounts:
    """`registered` runs in the transaction that makes an account, and what it raises undoes that.

    Without `send`, mails are shown in the log while developing; in production nothing sends them.
    """

    registered: Registered
    send: Send | None = None

    @asynccontextmanager
    async def opened(self, app: FastAPI, sources: Sources) -> AsyncIterator[None]:
        from .opened import opened

        async with opened(self, app, sources):
            yield
