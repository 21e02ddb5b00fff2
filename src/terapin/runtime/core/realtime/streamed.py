"""Whose changes are told: noted here once they are committed, and said to all processes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager
from contextvars import Context
from typing import Any

from fastapi import FastAPI
from sqlalchemy.orm import Session

from ..changes import Change, Changes
from ..mapped import MappedEntity
from ..noticing import DOUBT, watch
from ..resilience.deadlines import ended
from ..resource import Resource
from ..sources.manager import Sources

logger = logging.getLogger(__name__)

# Of one entity, rows that wait to be told of. Beyond it, it is only said that some have changed.
_MOST = 10_000
_PAUSE = 1.0
_PATIENCE = 2.0

Say = Callable[[Resource, Mapping[Any, Change] | None], Coroutine[Any, Any, None]]


class Streamed:
    """The resources of an application of whose changes somebody may hear."""

    def __init__(self) -> None:
        self._resources: dict[str, Resource] = {}
        self._fields: dict[str, set[str]] = {}

    def add(self, resource: Resource, by: str | None = None) -> None:
        """`by` is the attribute that names rooms."""
        self._resources[resource.name] = resource
        self._fields.setdefault(resource.name, set()).update({by} if by else ())

    def __iter__(self) -> Iterator[Resource]:
        return iter(self._resources.values())

    def get(self, name: str) -> Resource | None:
        return self._resources.get(name)

    def keeps(self, name: str) -> frozenset[str]:
        """The attributes that decide who hears of a row."""
        if name not in self._resources:
            return frozenset()
        guard = self._resources[name].guard
        return frozenset(self._fields[name]).union(guard.deciding if guard else ())


def streamed_of(app: FastAPI) -> Streamed:
    if not hasattr(app.state, "streamed"):
        app.state.streamed = Streamed()
    streamed: Streamed = app.state.streamed
    return streamed


class Teller:
    """Says what has changed, all that came together by one word. What cannot be said waits."""

    def __init__(self, streamed: Streamed, say: Say) -> None:
        self.streamed = streamed
        self._say = say
        self._unsaid: dict[str, dict[Any, Change] | None] = {}
        self._saying: asyncio.Task[None] | None = None
        self._is_heard = True

    def keeps(self, table: str) -> Collection[str]:
        return self.streamed.keeps(table)

    def ended(
        self, changes: Changes, session: Session | None, *, committed: bool, in_doubt: bool
    ) -> None:
        """What was written to documents is so, whatever became of the transaction."""
        if not committed and not in_doubt:
            documents = [each.name for each in self.streamed if not _is_mapped(each)]
            changes = changes.only(documents.__contains__)
        self.tell(changes)
        if in_doubt:
            asyncio.get_running_loop().call_later(DOUBT, self.tell, changes)

    def tell(self, changes: Changes) -> None:
        if changes.of_anything:
            for resource in self.streamed:
                self._add(resource.name, None)
        for name, rows in changes:
            if self.streamed.get(name) is not None:
                self._add(name, rows)
        if self._unsaid and (self._saying is None or self._saying.done()):
            self._saying = asyncio.create_task(self._say_all(), context=Context())

    @asynccontextmanager
    async def telling(self, sources: Sources) -> AsyncIterator[None]:
        if [*self.streamed]:
            watch(sources, self)
        try:
            yield
        finally:
            if self._saying is not None:
                await asyncio.wait([self._saying], timeout=_PATIENCE)
                await ended(self._saying)

    def _add(self, name: str, rows: Mapping[Any, Change] | None) -> None:
        known = self._unsaid.setdefault(name, {})
        if known is None:
            return
        for key, change in (rows or {}).items():
            known[key] = known[key].then(change) if key in known else change
        if rows is None or len(known) > _MOST:
            self._unsaid[name] = None

    async def _say_all(self) -> None:
        while self._unsaid:
            name = next(iter(self._unsaid))
            resource, rows = self.streamed.get(name), self._unsaid.pop(name)
            assert resource is not None
            try:
                await self._say(resource, rows)
                self._is_heard = True
            except Exception as error:
                # To hear of it twice does no harm.
                newer = self._unsaid.pop(name, {})
                self._add(name, rows)
                self._add(name, newer)
                if self._is_heard:
                    self._is_heard = False
                    logger.warning("changes cannot be told, and wait: %r", error)
                await asyncio.sleep(_PAUSE)


def _is_mapped(resource: Resource) -> bool:
    return isinstance(resource.entity, MappedEntity)
