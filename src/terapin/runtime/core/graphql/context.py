"""What an operation has while it runs: a session for what it reads, loaders, transactions for what it changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from fastapi import Request
from graphql import DocumentNode
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry.dataloader import DataLoader

from ..database import session_of
from ..database_errors import DatabaseErrors
from ..sources.manager import Sources

Load = Callable[[list[Any]], Awaitable[list[Any]]]


class Context:
    """`info.context` of every resolver. Nothing of it outlives the operation."""

    def __init__(self, request: Request, document: DocumentNode, errors: DatabaseErrors) -> None:
        self.request = request
        self.document = document
        self.errors = errors
        self.sources: Sources = request.app.state.sources
        self._lock = asyncio.Lock()
        self._opened = AsyncExitStack()
        self._session: AsyncSession | None = None
        self._loaders: dict[Hashable, DataLoader[Any, Any]] = {}
        self._ended = False
        # Of a subscription: its field, and the key of the row if it is about one.
        self.subscribed: tuple[Any, Any] | None = None

    @property
    def subject(self) -> Any:
        """In whose name it runs; None where the service does not ask."""
        return self.request.scope.get("subject")

    async def __aenter__(self) -> Context:
        return self

    async def __aexit__(self, *_: object) -> None:
        async with self._lock:
            self._ended = True
            await self._close(None)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """The session of what the operation reads. Resolvers run at once and it is one connection, so they queue.

        A read that fails, or whose answer nobody waits for any more, takes its session along: the next has another.
        """
        async with self._lock:
            if self._ended:
                # A loader, for fields that were given up because another one failed.
                raise asyncio.CancelledError
            if self._session is None:
                self._session = await self._opened.enter_async_context(session_of(self.sources))
            try:
                yield self._session
            except BaseException as error:
                await self._close(error)
                raise

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Committed at the end of the block. What is read afterwards is read anew."""
        await self.forget()
        async with session_of(self.sources) as session:
            yield session

    async def forget(self) -> None:
        """Give back the connection, and forget what was read."""
        async with self._lock:
            self._loaders.clear()
            await self._close(None)

    async def _close(self, error: BaseException | None) -> None:
        self._session = None
        await self._opened.__aexit__(type(error) if error else None, error, None)

    def loader(self, key: Hashable, load: Load) -> DataLoader[Any, Any]:
        """The one of a key, which gathers what is asked of it at once; `load` is how, where there is none yet."""
        return self._loaders.setdefault(key, DataLoader(load_fn=load))
