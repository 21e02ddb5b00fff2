"""The base of every model, PostgreSQL as a source, and the session of a request."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from contextvars import ContextVar
from enum import StrEnum
from functools import partial
from typing import Annotated, Any, ClassVar, TypeVar, cast

import asyncpg
from fastapi import Depends, FastAPI, Request
from sqlalchemy import DateTime, Enum, MetaData, event, text
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import (
    AsyncAttrs,
    AsyncConnection,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.util import greenlet_spawn

from .changes import announce
from .errors import Unavailable
from .kept import keep
from .pool import GuardedPool, Place, Use, use_of
from .resilience.deadlines import remaining
from .settings import PostgresqlSettings
from .sources.base import PATIENCE, Pool, Source
from .sources.manager import Sources

T = TypeVar("T")

logger = logging.getLogger(__name__)

# How much longer than the server the client waits for a statement to end.
_GRACE = 0.5
# The transaction did not happen: somebody else's did.
_CONFLICTS = ("40001", "40P01")
# The server ends connections, or is about to stop or to start.
_ENDED = ("57P01", "57P02", "57P03")


class UnreachableError(Unavailable):
    """No connection could be made, so nothing was done."""

    def __init__(self) -> None:
        super().__init__("the database cannot be reached")


class LostError(Unavailable):
    """The connection was lost before it gave its answer to `Database.rows`."""

    def __init__(self) -> None:
        super().__init__("the database was lost")


class UnknownCommitError(Unavailable):
    """The connection was lost after the server was told to commit and before it said that it had."""

    def __init__(self) -> None:
        super().__init__("the database was lost, and it is not known whether it was done")


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

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        keep()

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
            poolclass=GuardedPool,
            limit=settings.pool_max,
            pool_timeout=settings.acquire_timeout,
            breaker=self.breaker,
            judge=self._judge,
            hide_parameters=True,
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._lost_at = -math.inf
        self._trimming: asyncio.Task[None] | None = None
        event.listen(self.engine.sync_engine, "before_cursor_execute", _asked, retval=True)
        event.listen(self.engine.sync_engine, "handle_error", self._failed)

    async def open(self) -> None:
        if self.settings.max_idle is not None:
            self._trimming = asyncio.create_task(self._trim(self.settings.max_idle))
        async with AsyncExitStack() as opened:
            for _ in range(max(1, min(self.settings.pool_min, self.settings.pool_max))):
                await opened.enter_async_context(self.engine.connect())

    async def close(self) -> None:
        if self._trimming is not None:
            self._trimming.cancel()
        await self.engine.dispose()

    async def ping(self) -> None:
        """On a connection of its own: a pool that is used up is no server that is down."""
        connection = await self._connect()
        try:
            await connection.execute("SELECT 1")
        finally:
            with suppress(Exception):
                await connection.close(timeout=1)

    def pool(self) -> Pool:
        pool = self._pool
        return Pool(pool.used, pool.idle, self.settings.pool_max)

    @property
    def _pool(self) -> GuardedPool:
        return cast(GuardedPool, self.engine.sync_engine.pool)

    def is_outage(self, error: BaseException) -> bool:
        if isinstance(error, DBAPIError):
            return error.connection_invalidated
        return isinstance(
            error,
            UnreachableError | LostError | UnknownCommitError | OSError | asyncpg.InterfaceError,
        )

    def may_retry(self, error: BaseException) -> bool:
        """After a conflict everything was rolled back, and what was never connected did nothing."""
        if isinstance(error, UnreachableError):
            return not isinstance(error.__cause__, TimeoutError)
        return self.is_conflict(error)

    def is_conflict(self, error: BaseException) -> bool:
        """A serialization failure or a deadlock."""
        return _sqlstate(error) in _CONFLICTS

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A transaction: committed at the end of the block, rolled back if it raises."""
        async with transaction(self._sessions) as session:
            yield session

    async def transaction(
        self, work: Callable[[AsyncSession], Awaitable[T]], *, isolation: str | None = None
    ) -> T:
        """What `work` returns, committed. It is called again, in a new session, when nothing can have been written.

        That is so after a conflict with another transaction and where the connection was lost before the server
        was told to commit; afterwards, UnknownCommitError is raised. `isolation` is "REPEATABLE READ" or
        "SERIALIZABLE".
        """

        async def attempt() -> T:
            async with self.session() as session:
                if isolation is not None:
                    await session.connection(execution_options={"isolation_level": isolation})
                return await work(session)

        def may_retry(error: BaseException) -> bool:
            return self.may_retry(error) or _is_lost(error)

        return await self.retry.run(attempt, may_retry, is_conflict=self.is_conflict)

    async def read(self, work: Callable[[], Awaitable[T]]) -> T:
        """What `work` returns, which only reads: it may be called again even where it was about to end."""
        return await self.retry.run(work, self._may_read_again, is_conflict=self.is_conflict)

    def _may_read_again(self, error: BaseException) -> bool:
        return self.may_retry(error) or _is_lost(error) or isinstance(error, UnknownCommitError)

    async def rows(self, statement: str, arguments: Sequence[Any] = ()) -> list[asyncpg.Record]:
        """Of a single statement that only reads.

        It is asyncpg that is asked, with its types and its errors, and SQLAlchemy hears nothing of it. A lost
        connection is a LostError once the attempts are used up.
        """

        pool = self._pool
        self.retry.budget.earn()
        try:
            return await self._answer(pool, await pool.borrow(), statement, arguments)
        except Exception as error:
            again = partial(self._ask, statement, arguments)
            return await self.retry.again(
                again, error, self._may_read_again, is_conflict=self.is_conflict
            )

    async def _ask(self, statement: str, arguments: Sequence[Any]) -> list[asyncpg.Record]:
        pool = self._pool
        return await self._answer(pool, await pool.borrow(), statement, arguments)

    async def write(self, statement: str, arguments: Sequence[Any] = ()) -> list[asyncpg.Record]:
        """As `rows`, of a single statement that writes: it is committed when it is answered, and never sent twice.

        After an asyncpg.PostgresError nothing was done; where there was no answer, it is an UnknownCommitError.
        """
        pool = self._pool
        place = await pool.borrow()
        try:
            return await self._answer(pool, place, statement, arguments)
        except (LostError, TimeoutError) as error:
            logger.warning("a statement that writes was not answered: %r", error.__cause__ or error)
            raise UnknownCommitError from error

    async def _answer(
        self,
        pool: GuardedPool,
        place: Place,
        statement: str,
        arguments: Sequence[Any],
    ) -> list[asyncpg.Record]:
        """The connection goes back to the pool, whatever happens."""
        statements, use = place.statements, place.use
        assert use
        use.asked = time.monotonic()
        try:
            rows = await statements.rows(statement, arguments)
        except BaseException as error:
            if _is_answer(error) and not statements.driver.is_closed():
                pool.take_back(place)
                raise
            if isinstance(error, TimeoutError):
                # The server is silent, so there is nobody to take leave of.
                statements.driver.terminate()
            self._judge(use, error)
            pool.drop(place, error)
            if isinstance(error, TimeoutError) or not isinstance(error, Exception):
                raise
            raise LostError from error
        pool.take_back(place)
        return rows

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[AsyncConnection]:
        """For reading only. The server is told if there is less time than a statement usually has."""
        async with self.engine.connect() as connection:
            await connection.execution_options(postgresql_readonly=True)
            limit = self.settings.statement_timeout
            if (left := remaining(limit)) < limit:
                milliseconds = max(1, round(left * 1000))
                await connection.execute(text(f"SET LOCAL statement_timeout = {milliseconds}"))
            yield connection

    async def ask(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The pool meets the breaker, so this does not."""
        return await self.read(work)

    async def dedicated(self) -> asyncpg.Connection[asyncpg.Record]:
        """A connection beside the pool, which is the caller's to close: for what listens."""
        return await self._connect()

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
                command_timeout=self.settings.statement_timeout + _GRACE,
                server_settings={
                    "application_name": self.application,
                    "statement_timeout": str(round(self.settings.statement_timeout * 1000)),
                    "TimeZone": "UTC",
                    "DateStyle": "ISO",
                },
            )
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            logger.warning("cannot connect to %s: %s", self.name, str(error) or repr(error))
            raise UnreachableError from error
        return connection

    async def _trim(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds / 2)
            try:
                await greenlet_spawn(
                    self._pool.close_idle, keep=self.settings.pool_min, seconds=seconds
                )
            except Exception as error:
                logger.info("%s: an idle connection did not close: %r", self.name, error)

    def _failed(self, context: ExceptionContext) -> None:
        """Of a statement, a commit or a rollback."""
        connection, error = context.connection, context.original_exception
        if connection is None or connection.invalidated:
            return
        if isinstance(error, TimeoutError):
            # The server is silent, so there is nobody to take leave of.
            context.is_disconnect = True
            context.invalidate_pool_on_disconnect = False
            driver: Any = connection.connection.driver_connection
            driver.terminate()
        elif getattr(error, "sqlstate", None) in _ENDED or _is_confused(error):
            context.is_disconnect = True
        if context.is_disconnect:
            self._judge(use_of(connection.connection), error)

    def _judge(self, use: Use, error: BaseException) -> None:
        """For the breaker: what a use of a connection that goes wrong says of the server."""
        if isinstance(error, UnreachableError | TimeoutError) or self._was_silent(use, error):
            use.permit.failed()
        elif not isinstance(error, Exception):
            # Who asked has left.
            use.permit.abandoned()
        elif use.began < self._lost_at:
            # All connections that there were are lost at one blow, which is one failure.
            use.permit.abandoned()
        else:
            self._lost_at = time.monotonic()
            self._pool.doubt()
            use.permit.failed()

    def _was_silent(self, use: Use, error: BaseException) -> bool:
        """Whether it was a deadline that ended it, and the server had had enough time."""
        patience = min(PATIENCE, self.settings.statement_timeout)
        ended = isinstance(error, asyncio.CancelledError) and remaining(1) == 0
        return ended and time.monotonic() >= use.asked + patience


def _asked(
    connection: Connection,
    _cursor: object,
    statement: str,
    parameters: object,
    _context: object,
    _many: object,
) -> tuple[str, object]:
    use_of(connection.connection).asked = time.monotonic()
    return statement, parameters


def _sqlstate(error: BaseException) -> str | None:
    cause: Any = error.driver_exception if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlstate", None)


def _is_answer(error: BaseException) -> bool:
    """Of asyncpg: whether the connection can be used after it."""
    if isinstance(error, TimeoutError | asyncpg.InternalClientError):
        return False
    return isinstance(error, Exception) and _sqlstate(error) not in _ENDED


def _is_confused(error: BaseException) -> bool:
    """The driver heard of the end of a connection while it was about to send something."""
    return isinstance(getattr(error, "driver_exception", None), asyncpg.InternalClientError)


def _is_lost(error: BaseException) -> bool:
    if isinstance(error, DBAPIError):
        return error.connection_invalidated
    return isinstance(error, LostError)


# Of a service without a database, whose services find their sources in the session all the same.
_unbound = async_sessionmaker()

_innermost: ContextVar[AsyncSession | None] = ContextVar("session", default=None)


def current_session() -> AsyncSession | None:
    """That of the innermost transaction which is open here."""
    session = _innermost.get()
    return session if session is not None and session.in_transaction() else None


@asynccontextmanager
async def transaction(sessions: async_sessionmaker[AsyncSession]) -> AsyncIterator[AsyncSession]:
    """What was registered by `after_commit` cannot undo the commit: what goes wrong in it is logged."""
    async with sessions() as session:
        committing, outer = False, _innermost.get()
        _innermost.set(session)
        try:
            async with session.begin():
                yield session
                await session.flush()
                await announce(session)
                committing = True
        except (DBAPIError, TimeoutError) as error:
            if committing and (_is_lost(error) or isinstance(error, TimeoutError)):
                logger.warning("a commit was not answered: %r", error)
                raise UnknownCommitError from error
            raise
        finally:
            _innermost.set(outer)
            for callback in session.info.pop("after_end", ()):
                await callback()
        for callback in session.info.pop("after_commit", ()):
            try:
                await callback()
            except Exception:
                logger.exception("what was to be done after a commit failed")


def after_commit(session: AsyncSession, callback: Callable[[], Awaitable[None]]) -> None:
    """To be done once what the session did is committed, and before the client is answered."""
    session.info.setdefault("after_commit", []).append(callback)


def database_of(app: FastAPI) -> Database | None:
    """The one in which the entities are."""
    sources: Sources = app.state.sources
    return cast(Database | None, sources.named("database"))


@asynccontextmanager
async def session_of(sources: Sources) -> AsyncIterator[AsyncSession]:
    """No connection is taken until something is executed."""
    database = cast(Database | None, sources.named("database"))
    opened = database.session() if database else transaction(_unbound)
    async with opened as session:
        session.info["sources"] = sources
        yield session


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    async with session_of(request.app.state.sources) as session:
        yield session


# scope="function" commits before the answer is sent: with the default scope a client would read
# 201 of a transaction that then fails.
Session = Annotated[AsyncSession, Depends(get_session, scope="function")]
