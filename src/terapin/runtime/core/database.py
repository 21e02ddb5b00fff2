"""The base of every model, PostgreSQL as a source, and the session of a request."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Annotated, Any, ClassVar, cast

import asyncpg
from fastapi import Depends, FastAPI, Request
from sqlalchemy import DateTime, Enum, MetaData, QueuePool, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncAttrs, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from .errors import Unavailable
from .settings import PostgresqlSettings
from .sources.base import Pool, Source
from .sources.manager import Sources

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


class Database(Source[PostgresqlSettings]):
    """PostgreSQL, by SQLAlchemy on asyncpg."""

    kind = "postgresql"

    def __init__(self, name: str, settings: PostgresqlSettings, *, application: str) -> None:
        super().__init__(name, settings, application=application)
        self._url = settings.sqlalchemy_url
        self.engine = create_async_engine(
            self._url,
            async_creator=self._connect,
            # 0 would mean without a limit.
            pool_size=max(1, settings.pool_min),
            max_overflow=max(0, settings.pool_max - max(1, settings.pool_min)),
            pool_timeout=settings.acquire_timeout,
            pool_pre_ping=True,
            hide_parameters=True,
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    async def open(self) -> None:
        await self.ping()

    async def close(self) -> None:
        await self.engine.dispose()

    async def ping(self) -> None:
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    def pool(self) -> Pool:
        pool = cast(QueuePool, self.engine.pool)
        return Pool(pool.checkedout(), pool.checkedin(), self.settings.pool_max)

    def is_outage(self, error: BaseException) -> bool:
        if isinstance(error, DBAPIError):
            return error.connection_invalidated
        return isinstance(error, OSError | TimeoutError | asyncpg.InterfaceError)

    def may_retry(self, error: BaseException) -> bool:
        """After a serialization failure or a deadlock everything was rolled back."""
        cause: Any = error.driver_exception if isinstance(error, DBAPIError) else error
        return getattr(cause, "sqlstate", None) in ("40001", "40P01")

    async def _connect(self) -> asyncpg.Connection[asyncpg.Record]:
        """The client's own limit stands above the server's: it ends calls to a server that is gone."""
        arguments: dict[str, Any] = {
            **self._url.translate_connect_args(username="user"),
            **self._url.query,
        }
        try:
            connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(
                **arguments,
                timeout=self.settings.connect_timeout,
                command_timeout=self.settings.statement_timeout + 0.5,
                server_settings={
                    "application_name": self.application,
                    "statement_timeout": str(round(self.settings.statement_timeout * 1000)),
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
        async with transaction(self._sessions) as session:
            yield session


# Of a service without a database, whose services find their sources in the session all the same.
_unbound = async_sessionmaker()


@asynccontextmanager
async def transaction(sessions: async_sessionmaker[AsyncSession]) -> AsyncIterator[AsyncSession]:
    async with sessions() as session:
        async with session.begin():
            yield session
        for callback in session.info.pop("after_commit", ()):
            await callback()


def after_commit(session: AsyncSession, callback: Callable[[], Awaitable[None]]) -> None:
    """To be done once what the session did is committed, and before the client is answered."""
    session.info.setdefault("after_commit", []).append(callback)


def database_of(app: FastAPI) -> Database | None:
    """The one in which the entities are."""
    sources: Sources = app.state.sources
    return cast(Database | None, sources.named("database"))


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """No connection is taken until something is executed."""
    database = database_of(request.app)
    opened = database.session() if database else transaction(_unbound)
    async with opened as session:
        session.info["sources"] = request.app.state.sources
        yield session


# scope="function" commits before the answer is sent: with the default scope a client would read
# 201 of a transaction that then fails.
Session = Annotated[AsyncSession, Depends(get_session, scope="function")]
