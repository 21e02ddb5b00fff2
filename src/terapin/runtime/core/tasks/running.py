"""What a handler knows of the run that it is called for."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from concurrent.futures import Future
from contextlib import asynccontextmanager
from typing import Any, Protocol, TypeVar
from uuid import UUID

import orjson
from pydantic_core import to_jsonable_python
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from ..database import session_of
from ..sources.manager import current_sources
from .declared import Json, Task
from .ledger import Claimed, Ledger

T = TypeVar("T")

_BETWEEN_PROGRESS = 0.2

_STEP = text("""
UPDATE task_runs SET steps = steps || jsonb_build_object(CAST(:step AS text), CAST(:result AS jsonb))
WHERE id = :id AND attempts = :attempt AND state = 'running' RETURNING id
""")


class LostRunError(Exception):
    """Somebody else has the run by now, or nobody wants it any more: nothing may be done in its name."""


class Loop(Protocol):
    """On which the service is open."""

    def begin(self, work: Coroutine[Any, Any, T]) -> Future[T]: ...

    def wait(self, work: Coroutine[Any, Any, T]) -> T: ...


class Run:
    """One attempt: the first of at most `attempts` is 1."""

    def __init__(
        self,
        task: Task[Any],
        claimed: Claimed,
        ledger: Ledger,
        loop: Loop,
        keep: Callable[[Json], None],
    ) -> None:
        self.id: UUID = claimed.id
        self.task = task.name
        self.attempt = claimed.attempt
        self.attempts = task.attempts
        self.sent_at: dt.datetime = claimed.sent_at
        self.is_lost = False
        self._work: asyncio.Task[Any] | None = None
        self._steps = dict(claimed.steps)
        self._ledger = ledger
        self._loop = loop
        self._progress = _Progress(loop, keep)

    @property
    def key(self) -> str:
        """The same for all attempts: what others are told, so that they do it once."""
        return str(self.id)

    def progress(self, done: float, total: float | None = None, note: str = "") -> None:
        """For whoever asks how far it is. It costs nothing to say so often."""
        self._progress.tell({"done": done, "total": total, "note": note})

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A transaction: committed at the end of the block, rolled back if it raises."""
        async with session_of(current_sources()) as session:
            yield session

    async def once(self, step: str, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """What `work` does in the session that it is given is done once, however often the task is run.

        What it returns, as JSON, is kept with it, and is what later attempts get.
        """
        if step in self._steps:
            kept: T = self._steps[step]
            return kept

        async def attempt(session: AsyncSession) -> Any:
            result = to_jsonable_python(await work(session))
            await session.flush()
            values = {"step": step, "result": orjson.dumps(result).decode()}
            own = {"id": self.id, "attempt": self.attempt}
            if (await session.execute(_STEP, {**values, **own})).first() is None:
                raise LostRunError
            return result

        result: T = await self._ledger.database.transaction(attempt)
        self._steps[step] = result
        return result

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """In a plain handler: what a coroutine gives, run where the service is open."""
        return self._loop.wait(work)

    def begun(self, work: asyncio.Task[Any]) -> None:
        self._work = work

    def lose(self) -> None:
        self.is_lost = True
        if self._work is not None:
            self._work.cancel()

    async def flush(self) -> None:
        await self._progress.close()


class _Progress:
    """The newest is kept, at most a few times a second."""

    def __init__(self, loop: Loop, keep: Callable[[Json], None]) -> None:
        self._loop = loop
        self._keep = keep
        self._newest: Json | None = None
        self._keeping: Future[None] | None = None
        self._turn: asyncio.Lock | None = None
        self._closed = False

    def tell(self, progress: Json) -> None:
        self._newest = progress
        if self._keeping is None or self._keeping.done():
            self._keeping = self._loop.begin(self._run())

    async def _run(self) -> None:
        self._turn = self._turn or asyncio.Lock()
        while self._newest is not None:
            async with self._turn:
                if self._closed:
                    return
                newest, self._newest = self._newest, None
                await asyncio.to_thread(self._keep, newest)
            await asyncio.sleep(_BETWEEN_PROGRESS)

    async def close(self) -> None:
        """Returns when nothing is being kept any more."""
        self._closed = True
        if self._turn is not None:
            async with self._turn:
                pass
