"""The base of every model, the engine, and the session of a request."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Annotated, Any, ClassVar

import asyncpg
from fastapi import Depends, FastAPI, Request
from sqlalchemy import DateTime, Enum, MetaData
from sqlalchemy.ext.asyncio import AsyncAttrs, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from .errors import Unavailable
from .settings import ServiceSettings

logger = logging.getLogger(__name__)


class Base(AsyncAttrs, DeclarativeBase):
    """Every row has a version that each UPDATE by the ORM raises and compares: it is the ETag."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(column_0_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {dt.datetime: DateTime(timezone=True)}

    row_version: Mapped[int] = mapped_column(server_default="1", sort_order=1)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.row_version}


def text_enum(values: type[StrEnum]) -> Enum:
    """Text with a CHECK: unlike a native enumeration it can lose a value later."""
    return Enum(
        values,
        name=None,
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=255,
        values_callable=lambda members: [member.value for member in members],
    )


class Database:
    """The connections of a service; opened lazily, closed by its lifespan."""

    def __init__(self, settings: ServiceSettings, *, application: str = "service") -> None:
        self._url = settings.sqlalchemy_url
        self._connect_timeout = settings.database_connect_timeout
        self._statement_timeout = settings.database_statement_timeout
        self._application = application
        self.engine = create_async_engine(
            self._url,
            async_creator=self._connect,
            pool_size=settings.database_pool_min,
            max_overflow=max(0, settings.database_pool_max - settings.database_pool_min),
            pool_timeout=settings.database_acquire_timeout,
            pool_pre_ping=True,
            hide_parameters=True,
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    async def _connect(self) -> asyncpg.Connection[asyncpg.Record]:
        """The client's own limit stands above the server's: it ends calls to a server that is gone."""
        arguments: dict[str, Any] = {
            **self._url.translate_connect_args(username="user"),
            **self._url.query,
        }
        try:
            connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(
                **arguments,
                timeout=self._connect_timeout,
                command_timeout=self._statement_timeout + 0.5,
                server_settings={
                    "application_name": self._application,
                    "statement_timeout": str(round(self._statement_timeout * 1000)),
                    "TimeZone": "UTC",
                },
            )
        except (OSError, TimeoutError, asyncpg.PostgresError) as error:
            logger.warning("cannot connect to the database: %s", error)
            raise Unavailable("the database cannot be reached") from error
        return connection

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A transaction: committed at the end of the block, rolled back if it raises."""
        async with self._sessions() as session, session.begin():
            yield session

    async def close(self) -> None:
        await self.engine.dispose()


def database_of(app: FastAPI) -> Database:
    database: Database = app.state.database
    return database


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    async with database_of(request.app).session() as session:
        yield session


# scope="function" commits before the answer is sent: with the default scope a client would read
# 201 of a transaction that then fails.
Session = Annotated[AsyncSession, Depends(get_session, scope="function")]
