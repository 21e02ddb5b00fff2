"""The relay: publishes what is due, and again what was lost on its way.

Rows are locked while their messages go out, and marked afterwards: whatever dies in between, a message is sent
twice rather than never, and the worker that claims its run second finds nothing to do. So several relays may run.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from ..database import Database
from ..resilience.deadlines import ended
from .declared import Task, Tasks
from .ledger import Ledger, after_failure
from .publishing import Publisher
from .settings import TaskSettings
from .table import CHANNEL, State

logger = logging.getLogger(__name__)

AT_ONCE = 100
_LONGEST_PAUSE = 1.0
_PURGED_EVERY = 300.0
_LONGEST_RESEND = 3600.0
_LOST = "the worker was lost"

_DUE = text("""
SELECT id, name, parameters::text AS parameters, state, attempts, messages FROM task_runs
WHERE next_at <= now() AND name <> ALL(:full)
ORDER BY next_at LIMIT :number FOR UPDATE SKIP LOCKED
""")

_PUBLISHED = text("""
UPDATE task_runs SET state = 'waiting', worker = NULL, messages = messages + 1,
    next_at = now() + make_interval(secs => least(:longest, :resend * 2 ^ least(messages, 30)))
WHERE id = ANY(:ids)
""")

_FORGOTTEN = text("""
UPDATE task_runs SET next_at = now() WHERE id IN (
    SELECT id FROM task_runs WHERE state = 'waiting' AND messages > 0 AND next_at > now() AND due_at <= now()
    FOR UPDATE SKIP LOCKED
)
""")

_ENDED = text("""
UPDATE task_runs SET state = :state, error = :error, worker = NULL, ended_at = now(), next_at = NULL
WHERE id = :id
""")

# What has begun, and what has been sent and will.
_STARTS = text("""
SELECT count(*) FROM task_runs WHERE name = :name AND (
    started_at > now() - make_interval(secs => :seconds) OR state = 'waiting' AND messages > 0 AND due_at <= now()
)
""")


class Relay:
    """Runs in an application, or by itself."""

    def __init__(
        self, tasks: Tasks, database: Database, publisher: Publisher, settings: TaskSettings
    ) -> None:
        self._tasks = tasks
        self._database = database
        self._publisher = publisher
        self._settings = settings
        self._called = asyncio.Event()
        self.published = 0
        self.failures = 0

    async def call(self) -> None:
        """Something is due."""
        self._called.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        work = [self._run(), self._listen(), self._purge()]
        running = [asyncio.create_task(each) for each in work]
        try:
            yield
        finally:
            await ended(*running)
            await asyncio.to_thread(self._publisher.close)

    async def _run(self) -> None:
        pause = self._settings.poll
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._called.wait(), pause)
            self._called.clear()
            pause = self._settings.poll
            try:
                while await self.publish_due() or await self._remind():
                    pass
            except Exception as error:
                self.failures += 1
                logger.warning("tasks cannot be published, and are kept: %r", error)
                pause = min(self._settings.poll, _LONGEST_PAUSE)

    async def publish_due(self) -> bool:
        """Whether there may be more."""
        async with self._database.session() as session:
            allowed = await self._allowances(session)
            full = [name for name, number in allowed.items() if number <= 0]
            due = (await session.execute(_DUE, {"full": full, "number": AT_ONCE})).all()
            chosen = [row for row in due if await self._is_to_be_sent(session, row, allowed)]
            sent, error = await self._send(chosen)
            await session.execute(
                _PUBLISHED,
                {"ids": sent, "resend": self._settings.resend, "longest": _LONGEST_RESEND},
            )
        self.published += len(sent)
        if error is not None:
            raise error
        return len(due) == AT_ONCE

    async def _remind(self) -> bool:
        """Have sent again what a broker has lost: whether it has."""
        if not self._publisher.has_forgotten:
            return False
        async with self._database.session() as session:
            await session.execute(_FORGOTTEN)
        self._publisher.has_forgotten = False
        return True

    async def _allowances(self, session: AsyncSession) -> dict[str, int]:
        """How many of each task with a rate limit may be sent, so that no more of them begin.

        While one relay counts and sends them no other does.
        """
        allowed: dict[str, int] = {}
        for task in self._tasks:
            if (rate := task.rate) is None:
                continue
            lock = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 1))")
            if not await session.scalar(lock, {"name": task.name}):
                allowed[task.name] = 0
                continue
            values = {"name": task.name, "seconds": rate.seconds}
            starts = await session.scalar(_STARTS, values)
            allowed[task.name] = rate.starts - int(starts or 0)
        return allowed

    async def _is_to_be_sent(
        self, session: AsyncSession, row: Any, allowed: dict[str, int]
    ) -> bool:
        task = self._tasks.by_name.get(row.name)
        if task is None:
            await self._end(session, row, State.DEAD, "there is no such task")
            return False
        if row.state == State.RUNNING:
            logger.warning("%s of %s: %s", row.id, row.name, _LOST)
            state, _ = after_failure(task, row.attempts)
            if state is not State.WAITING:
                await self._end(session, row, state, _LOST)
                return False
        if task.rate is not None and row.messages == 0:
            allowed[task.name] -= 1
            return allowed[task.name] >= 0
        return True

    async def _end(self, session: AsyncSession, row: Any, state: State, error: str) -> None:
        logger.error("%s of %s is %s: %s", row.id, row.name, state, error)
        await session.execute(_ENDED, {"id": row.id, "state": str(state), "error": error})

    async def _send(self, rows: Sequence[Any]) -> tuple[list[UUID], Exception | None]:
        """Those that the broker has, and what prevented the others."""
        messages = [(self._task(row), row.id, row.parameters, row.attempts) for row in rows]
        return await asyncio.to_thread(self._publisher.publish, messages)

    def _task(self, row: Any) -> Task[Any]:
        return self._tasks.by_name[row.name]

    async def _listen(self) -> None:
        """To senders elsewhere. While nobody can be heard the relay looks from time to time as ever."""
        while True:
            try:
                await self._hear()
            except Exception as error:
                logger.debug("the relay hears nobody: %r", error)
            await asyncio.sleep(_LONGEST_PAUSE)

    async def _hear(self) -> None:
        connection = await self._database.dedicated()
        lost = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(CHANNEL, self._heard)
            await lost.wait()
        finally:
            with suppress(Exception):
                await connection.close(timeout=1)

    def _heard(self, *_: object) -> None:
        self._called.set()

    async def _purge(self) -> None:
        ledger = Ledger(self._database)
        while True:
            try:
                await ledger.purge(
                    [State.SUCCEEDED, State.CANCELLED, State.FAILED], self._settings.kept_days
                )
            except Exception as error:
                logger.warning("old runs cannot be removed: %r", error)
            await asyncio.sleep(_PURGED_EVERY)
