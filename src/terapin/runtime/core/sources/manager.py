"""Opens the sources of an application, all at once, and closes them in order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.types import ASGIApp, Receive, Scope, Send

from ..settings import ServiceSettings
from . import queries as asking
from .base import Source
from .queries import Cache, Query, Results, Turns

if TYPE_CHECKING:
    from .declared import Declared

S = TypeVar("S", bound=Source[Any])

logger = logging.getLogger(__name__)

_current: ContextVar[Sources] = ContextVar("sources")


class Sources:
    """By what declares them. Used as `async with`: then they are open."""

    def __init__(
        self,
        declared: Sequence[Declared[Any]],
        settings: ServiceSettings,
        *,
        application: str = "service",
    ) -> None:
        self._sources: dict[str, Source[Any]] = {
            each.name: each.kind(each.name, getattr(settings, each.name), application=application)
            for each in declared
        }
        self._turns = {
            name: Turns(source, asyncio.Semaphore(source.settings.pool_max))
            for name, source in self._sources.items()
        }

    def __getitem__(self, declared: Declared[S]) -> S:
        source = self._sources[declared.name]
        if not isinstance(source, declared.kind):
            raise LookupError(f"{declared.name} is a {source.kind}, not a {declared.kind.kind}")
        return source

    def named(self, name: str) -> Source[Any] | None:
        return self._sources.get(name)

    def __iter__(self) -> Iterator[Source[Any]]:
        return iter(self._sources.values())

    async def __aenter__(self) -> Sources:
        """A source that cannot be reached is told of and not waited for: the others are of use without it."""
        async with asyncio.TaskGroup() as group:
            for source in self:
                group.create_task(_open(source))
        return self

    async def __aexit__(self, *_: object) -> None:
        for source in reversed(list(self)):
            try:
                await source.close()
            except Exception as error:
                logger.warning("%s did not close: %r", source.name, error)

    async def run(
        self,
        *queries: Query[Any],
        within: float,
        cache: Cache | None = None,
        tags: Collection[str] = (),
    ) -> Results:
        """Ask several sources at once: what is not answered `within` seconds has failed, the rest has not.

        Each query has a connection of its own, so the caller should hold none: a session that has executed
        something does until it ends. With a `cache`, the whole is kept there until one of `tags` is invalidated.
        """

        async def load() -> Results:
            turns = [self._turns[query.source.name] for query in queries]
            return await asking.run(queries, turns, within)

        if cache is None:
            return await load()
        return await asking.cached(queries, load, cache, tags)

    @contextmanager
    def current(self) -> Iterator[None]:
        """Inside, these are the sources that declarations refer to."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)


def sources_of(session: AsyncSession) -> Sources:
    """Those of the application whose request the session is for, or else the current ones."""
    sources: Sources | None = session.info.get("sources")
    return sources or current_sources()


def current_sources() -> Sources:
    try:
        return _current.get()
    except LookupError:
        raise LookupError(
            "no sources are open here: they are while a request is answered, and elsewhere inside of "
            "`async with Sources(declared, settings) as sources:` and `with sources.current():`"
        ) from None


async def _open(source: Source[Any]) -> None:
    try:
        await source.open()
    except Exception as error:
        logger.warning(
            "%s cannot be opened, and is tried again when it is needed: %s", source.name, error
        )


class Current:
    """Makes an application's sources the current ones of each of its requests."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        token = _current.set(scope["app"].state.sources)
        try:
            await self.app(scope, receive, send)
        finally:
            _current.reset(token)
