"""MongoDB as a source: one client, whose calls are bounded in number and in time."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Literal, TypeVar

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
    ConnectionClosedEvent,
    ConnectionCreatedEvent,
    ConnectionPoolListener,
    PoolClearedEvent,
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
        self._slots = _Slots(settings.pool_max)
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
        used = self._slots.used
        return Pool(used, max(0, len(self._connections.open) - used), self.settings.pool_max)

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
            except (NetworkTimeout, WaitQueueTimeoutError) as error:
                # Who has a slot waits in the driver's queue only for a server that accepts no connection.
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


class _Slots(asyncio.Semaphore):
    """As many as there may be connections."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.used = 0

    async def acquire(self) -> Literal[True]:
        await super().acquire()
        self.used += 1
        return True

    def release(self) -> None:
        self.used -= 1
        super().release()


class _Slot:
    """One of them, free again once everybody who holds it has let go.

    What is left behind by a call that is over still has its connection.
    """

    def __init__(self, slots: _Slots) -> None:
        self._slots = slots
        self._holders = 0

    def __enter__(self) -> None:
        self._holders += 1

    def __exit__(self, *_: object) -> None:
        self._holders -= 1
        if not self._holders:
            self._slots.release()


class _Connections(ConnectionPoolListener):
    """Which are open. The driver tells nothing of one that it closes, or takes back, while its caller is cancelled:
    so those at work are the calls', and a pool that is cleared starts anew.
    """

    def __init__(self) -> None:
        self.open: set[tuple[tuple[str, int | None], int]] = set()

    def connection_created(self, event: ConnectionCreatedEvent) -> None:
        self.open.add((event.address, event.connection_id))

    def connection_closed(self, event: ConnectionClosedEvent) -> None:
        self.open.discard((event.address, event.connection_id))

    def pool_cleared(self, event: PoolClearedEvent) -> None:
        self.open = {(address, number) for address, number in self.open if address != event.address}

    def _ignore(self, event: Any) -> None:
        pass

    pool_created = pool_ready = pool_closed = connection_ready = _ignore
    connection_check_out_started = connection_check_out_failed = _ignore
    connection_checked_out = connection_checked_in = _ignore


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))
