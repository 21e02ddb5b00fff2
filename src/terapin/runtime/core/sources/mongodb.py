"""MongoDB as a source: one client, whose calls are bounded in number and in time."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import pymongo
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import (
    ConnectionFailure,
    ExecutionTimeout,
    NetworkTimeout,
    NotPrimaryError,
    WaitQueueTimeoutError,
)
from pymongo.monitoring import (
    ConnectionCheckedInEvent,
    ConnectionCheckedOutEvent,
    ConnectionClosedEvent,
    ConnectionCreatedEvent,
    ConnectionPoolListener,
)

from ..errors import Unavailable
from ..resilience.deadlines import DeadlineExceededError, remaining
from ..settings import MongodbSettings
from .base import Pool, Source

T = TypeVar("T")
Json = dict[str, Any]

logger = logging.getLogger(__name__)


class Mongodb(Source[MongodbSettings]):
    """`database` is the one that the settings name: what is asked of it belongs into `call`."""

    kind = "mongodb"

    def __init__(self, name: str, settings: MongodbSettings, *, application: str) -> None:
        super().__init__(name, settings, application=application)
        self._connections = _Connections()
        self._slots = asyncio.Semaphore(settings.pool_max)
        self.client: AsyncMongoClient[Json] = AsyncMongoClient(
            settings.given_url,
            appname=application,
            minPoolSize=settings.pool_min,
            maxPoolSize=settings.pool_max,
            maxIdleTimeMS=_milliseconds(settings.max_idle) if settings.max_idle else None,
            connectTimeoutMS=_milliseconds(settings.connect_timeout),
            serverSelectionTimeoutMS=_milliseconds(settings.connect_timeout),
            # What may be made again, and how often, is for `call` to say.
            retryReads=False,
            retryWrites=False,
            uuidRepresentation="standard",
            tz_aware=True,
            tzinfo=dt.UTC,
            event_listeners=[self._connections],
        )

    @property
    def database(self) -> AsyncDatabase[Json]:
        return self.client[self.settings.database]

    async def open(self) -> None:
        await self.ping()

    async def close(self) -> None:
        await self.client.close()

    async def ping(self) -> None:
        with pymongo.timeout(self.settings.connect_timeout):
            await self.client.admin.command("ping")

    def pool(self) -> Pool:
        counted = self._connections
        return Pool(counted.used, counted.open - counted.used, self.settings.pool_max)

    def is_outage(self, error: BaseException) -> bool:
        if isinstance(error, WaitQueueTimeoutError):
            return False
        return isinstance(error, ConnectionFailure | OSError | TimeoutError)

    def may_retry(self, error: BaseException) -> bool:
        """A server that is no longer the primary has refused to write."""
        return isinstance(error, NotPrimaryError)

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[AsyncDatabase[Json]]:
        yield self.database

    async def call(
        self, work: Callable[[], Coroutine[Any, Any, T]], *, idempotent: bool = False
    ) -> T:
        """As for every source; it waits for a connection as long as the settings say, and tells the server how
        much time it has. Raises Unavailable where there is no answer.
        """
        slot = await self._slot()

        async def timed() -> T:
            seconds = remaining(self.settings.statement_timeout)
            try:
                # 0 would mean without a limit.
                with slot, pymongo.timeout(max(seconds, 0.001)):
                    if not self.client.topology_description.has_writable_server():
                        # The driver would look for one until the deadline of the call.
                        await self.ping()
                    return await work()
            except NetworkTimeout as error:
                raise DeadlineExceededError(seconds) from error

        try:
            with slot:
                return await super().call(timed, idempotent=idempotent)
        except (ConnectionFailure, ExecutionTimeout, DeadlineExceededError) as error:
            logger.warning("%s does not answer: %s", self.name, error)
            raise Unavailable("a source of the service does not answer") from error

    async def _slot(self) -> _Slot:
        """The driver would wait for a connection until the deadline of the call."""
        try:
            async with asyncio.timeout(remaining(self.settings.acquire_timeout)):
                await self._slots.acquire()
        except TimeoutError:
            raise Unavailable from None
        return _Slot(self._slots)


class _Slot:
    """One of as many as there may be connections, free again once everybody who holds it has let go.

    What is left behind by a call that is over still has its connection.
    """

    def __init__(self, slots: asyncio.Semaphore) -> None:
        self._slots = slots
        self._holders = 0

    def __enter__(self) -> None:
        self._holders += 1

    def __exit__(self, *_: object) -> None:
        self._holders -= 1
        if not self._holders:
            self._slots.release()


class _Connections(ConnectionPoolListener):
    """Counts them; of the pools' own life it need not know."""

    def __init__(self) -> None:
        self.open = 0
        self.used = 0

    def connection_created(self, event: ConnectionCreatedEvent) -> None:
        self.open += 1

    def connection_closed(self, event: ConnectionClosedEvent) -> None:
        self.open -= 1

    def connection_checked_out(self, event: ConnectionCheckedOutEvent) -> None:
        self.used += 1

    def connection_checked_in(self, event: ConnectionCheckedInEvent) -> None:
        self.used -= 1

    def _ignore(self, event: Any) -> None:
        pass

    pool_created = pool_ready = pool_cleared = pool_closed = _ignore
    connection_ready = connection_check_out_started = connection_check_out_failed = _ignore


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))
