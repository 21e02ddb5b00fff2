from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

POOL = 10


def connected(url: str) -> AsyncEngine:
    return create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        pool_size=POOL,
        max_overflow=0,
        connect_args={
            "command_timeout": 6,
            "server_settings": {"statement_timeout": "5000", "TimeZone": "UTC"},
        },
    )


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    sessions: async_sessionmaker[AsyncSession] = request.app.state.sessions
    async with sessions.begin() as session:
        yield session


# Committed before the answer is sent.
Session = Annotated[AsyncSession, Depends(get_session, scope="function")]
