"""A database of a PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from pydantic import SecretStr
from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine

from ..service import PostgresqlSettings


@asynccontextmanager
async def own_database(
    server: PostgresqlSettings, template: PostgresqlSettings | None
) -> AsyncIterator[PostgresqlSettings]:
    name = f"test_{uuid4().hex}"
    copied = f' TEMPLATE "{template.sqlalchemy_url.database}"' if template else ""
    await _execute(server, f'CREATE DATABASE "{name}"{copied}')
    url = server.sqlalchemy_url.set(drivername="postgresql", database=name)
    yield server.model_copy(update={"url": SecretStr(url.render_as_string(hide_password=False))})
    await _execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


async def _execute(server: PostgresqlSettings, statement: str) -> None:
    engine = create_async_engine(
        server.sqlalchemy_url, poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
