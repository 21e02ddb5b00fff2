"""Redis or Valkey as a source, by redis.asyncio."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from redis import exceptions
from redis.asyncio import BlockingConnectionPool
from redis.asyncio import Redis as Client
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from ..errors import Unavailable
from ..resilience.deadlines import within
from ..settings import RedisSettings
from .base import Pool, Source


class Redis(Source[RedisSettings]):
    """What is kept here can be had elsewhere: a service answers without it, only slower."""

    kind = "redis"
    needed = False

    def __init__(self, name: str, settings: RedisSettings, *, application: str) -> None:
        super().__init__(name, settings, application=application)
        # The library's pools have no types.
        self._connections: Any = _Connections.from_url(
            re.sub("^valkey", "redis", settings.given_url),
            max_connections=settings.pool_max,
            timeout=settings.acquire_timeout,
            socket_timeout=settings.statement_timeout,
            socket_connect_timeout=settings.connect_timeout,
            client_name=re.sub(r"[^!-~]", "_", application),
            protocol=2,
            # Retries are those of the source, which have a budget.
            retry=Retry(NoBackoff(), 0),
            redis_connect_func=self._connected,
        )
        self.client: Client = Client(connection_pool=self._connections)
        self._run_ids: dict[AbstractConnection, str] = {}

    async def open(self) -> None:
        opened: list[AbstractConnection] = []
        try:
            for _ in range(max(1, min(self.settings.pool_min, self.settings.pool_max))):
                connecting = self._connections.get_connection()
                opened.append(await within(connecting, self.settings.connect_timeout))
        finally:
            for connection in opened:
                await self._connections.release(connection)

    async def close(self) -> None:
        await self.client.aclose()
        await self._connections.aclose()

    async def ping(self) -> None:
        await self.client.ping()

    def pool(self) -> Pool:
        (idle, _), (used, _) = self._connections.get_connection_count()
        return Pool(used, idle, self.settings.pool_max)

    def is_outage(self, error: BaseException) -> bool:
        return isinstance(error, exceptions.ConnectionError | exceptions.TimeoutError | OSError)

    def may_retry(self, error: BaseException) -> bool:
        return isinstance(error, exceptions.BusyLoadingError)

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[Client]:
        yield self.client

    @asynccontextmanager
    async def borrow(self) -> AsyncIterator[AbstractConnection]:
        """A connection of the pool, for what needs no more of the client than to send and to read."""
        connection: AbstractConnection = await self._connections.get_connection()
        try:
            yield connection
        finally:
            await self._connections.release(connection)

    def connection(self) -> AbstractConnection:
        """One beside the pool, for what listens as long as it is open; not connected yet."""
        connection: AbstractConnection = self._connections.make_connection()
        return connection

    def run_id(self, connection: AbstractConnection) -> str:
        """Of the server behind a connection: it changes with each of its starts."""
        return self._run_ids[connection]

    async def _connected(self, connection: AbstractConnection) -> None:
        """Asks each new connection which server it leads to."""
        await connection.on_connect()
        try:
            await connection.send_command("INFO", "server")
            answer: Any = await connection.read_response()
        except exceptions.NoPermissionError:
            answer = b""
        match = re.search(rb"run_id:(\w+)", answer)
        self._run_ids[connection] = match[1].decode() if match else "unknown"


class _Connections(BlockingConnectionPool):
    """Says that it is the pool that is too small, where the library would say that the server is away."""

    async def get_connection(self, *arguments: Any, **options: Any) -> AbstractConnection:
        try:
            pool: Any = super()
            connection: AbstractConnection = await pool.get_connection(*arguments, **options)
        except exceptions.ConnectionError as error:
            if not isinstance(error.__cause__, TimeoutError):
                raise
            raise Unavailable("there is no free connection to a source") from error
        return connection
