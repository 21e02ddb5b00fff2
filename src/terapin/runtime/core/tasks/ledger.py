"""What becomes of a run: each change is one statement, which holds only if the run is still what it is taken for.

An attempt is known by its number: once a run was given to another worker, the first cannot write any more.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import orjson

from ..database import Database
from .declared import Json, Task
from .table import State

T = TypeVar("T")

logger = logging.getLogger(__name__)

_CLAIM = """
UPDATE task_runs SET state = 'running', attempts = attempts + 1, started_at = now(), worker = $4,
    next_at = now() + make_interval(secs => $3)
WHERE id = $1 AND attempts < $2
    AND (state = 'waiting' AND awaits = 0 AND due_at <= now() OR state = 'running' AND next_at <= now())
RETURNING id, name, parameters::text, attempts, steps::text, created_at
"""

_ARRIVED = """
INSERT INTO task_runs (id, name, parameters, state) VALUES ($1, $2, $3::text::jsonb, 'waiting')
ON CONFLICT (id) DO NOTHING
"""

_RENEW = """
UPDATE task_runs SET next_at = now() + make_interval(secs => $3)
WHERE id = $1 AND attempts = $2 AND state = 'running' RETURNING id
"""

# What waits for it is due with the last that it waits for.
_SUCCEED = """
WITH ended AS (
    UPDATE task_runs SET state = 'succeeded', ended_at = now(), next_at = NULL, error = NULL
    WHERE id = $1 AND attempts = $2 AND state = 'running' RETURNING then_id
), freed AS (
    UPDATE task_runs SET awaits = awaits - 1,
        next_at = CASE WHEN awaits = 1 THEN greatest(due_at, now()) END
    FROM ended WHERE id = ended.then_id AND state = 'waiting' AND awaits > 0
    RETURNING task_runs.next_at
)
SELECT (SELECT count(*) FROM ended) AS ended,
    (SELECT count(pg_notify('task_runs', '')) FROM freed WHERE next_at <= now()) AS freed
"""

_FAIL = """
UPDATE task_runs SET state = $3::text, error = $5::text, worker = NULL, messages = 0,
    due_at = now() + make_interval(secs => $4),
    next_at = CASE WHEN $3::text = 'waiting' THEN now() + make_interval(secs => $4) END,
    ended_at = CASE WHEN $3::text <> 'waiting' THEN now() END
WHERE id = $1 AND attempts = $2 AND state = 'running' RETURNING id
"""

_NOTIFY = "SELECT pg_notify('task_runs', '')"

_OF_WORKER = "SELECT attempts FROM task_runs WHERE id = $1 AND worker = $2 AND state = 'running'"

# With all that waits for it, and what waits for that.
_CANCEL = """
WITH RECURSIVE chosen AS (
    SELECT id, state, then_id FROM task_runs WHERE id = $1 AND state IN ('waiting', 'running')
    UNION
    SELECT later.id, later.state, later.then_id FROM task_runs later JOIN chosen ON later.id = chosen.then_id
    WHERE later.state = 'waiting'
), cancelled AS (
    UPDATE task_runs SET state = 'cancelled', ended_at = now(), next_at = NULL
    FROM chosen WHERE task_runs.id = chosen.id AND task_runs.state IN ('waiting', 'running')
)
SELECT state FROM chosen WHERE id = $1
"""

_REPLAY = """
UPDATE task_runs SET state = 'waiting', attempts = 0, messages = 0, ended_at = NULL,
    due_at = now(), next_at = now()
WHERE state IN ('dead', 'failed') AND ($1::uuid IS NULL AND state = 'dead' OR id = $1)
    AND ($2::text IS NULL OR name = $2)
RETURNING id
"""

_LISTED = """
SELECT id, name, attempts, error, created_at FROM task_runs
WHERE state = $1 AND ($2::text IS NULL OR name = $2) ORDER BY created_at DESC LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """An attempt that this worker is to make."""

    id: UUID
    name: str
    parameters: str
    attempt: int
    steps: Json
    sent_at: dt.datetime


# Seconds for which PostgreSQL is waited for, and between two attempts to reach it.
_PATIENCE = 30.0
_PAUSE = 1.0


class Ledger:
    def __init__(self, database: Database) -> None:
        self.database = database

    async def patiently(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What `work` gives, which is asked again while the database is away."""
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                return await work()
            except Exception as error:
                if not self.database.is_outage(error) or time.monotonic() > end:
                    raise
                logger.warning("the table of runs cannot be reached: %r", error)
            await asyncio.sleep(_PAUSE)

    async def arrived(self, id_: UUID, name: str, parameters: Json) -> None:
        """Of a message that no relay has sent: what it asks for is written down unless it is already."""
        await self.database.write(_ARRIVED, (id_, name, orjson.dumps(parameters).decode()))

    async def claim(self, id_: UUID, task: Task[Any], lease: float, worker: str) -> Claimed | None:
        """None if there is nothing to be done, or somebody else does it."""
        rows = await self.database.write(_CLAIM, (id_, task.attempts, lease, worker))
        for row in rows:
            return Claimed(
                row["id"],
                row["name"],
                row["parameters"],
                row["attempts"],
                orjson.loads(row["steps"]),
                row["created_at"],
            )
        return None

    async def renew(self, id_: UUID, attempt: int, lease: float) -> bool:
        return bool(await self.database.write(_RENEW, (id_, attempt, lease)))

    async def succeed(self, id_: UUID, attempt: int) -> bool:
        [row] = await self.database.write(_SUCCEED, (id_, attempt))
        return bool(row["ended"])

    async def fail(
        self, id_: UUID, attempt: int, state: State, error: str, wait: float = 0.0
    ) -> bool:
        """`state` is WAITING if it is to be tried again."""
        # PostgreSQL keeps no NUL in text.
        told = error.replace("\0", "")
        rows = await self.database.write(_FAIL, (id_, attempt, str(state), wait, told))
        return bool(rows)

    async def lost(self, id_: UUID, task: Task[Any], worker: str, error: str, wait: bool) -> None:
        """Of a process that is known to have ended with what it ran."""
        for row in await self.database.rows(_OF_WORKER, (id_, worker)):
            attempt = row["attempts"]
            state, seconds = after_failure(task, attempt)
            await self.fail(id_, attempt, state, error, seconds if wait else 0.0)
            if state is State.WAITING and not wait:
                await self.call_relay()

    async def call_relay(self) -> None:
        await self.database.rows(_NOTIFY)

    async def cancel(self, id_: UUID) -> State | None:
        """What it was before, if it could be cancelled."""
        for row in await self.database.write(_CANCEL, (id_,)):
            return State(row["state"])
        return None

    async def replay(self, id_: UUID | None, name: str | None = None) -> list[UUID]:
        """A run that failed for good, or all that are dead, from the first attempt on."""
        replayed = [row["id"] for row in await self.database.write(_REPLAY, (id_, name))]
        if replayed:
            await self.call_relay()
        return replayed

    async def listed(self, state: State, name: str | None, limit: int) -> list[Json]:
        """Those that were sent last first."""
        return [dict(row) for row in await self.database.rows(_LISTED, (str(state), name, limit))]

    async def purge(self, states: Sequence[State], days: float, name: str | None = None) -> int:
        """Remove the rows of runs that ended so long ago, and cancel what waits for those that failed."""
        removed = 0
        while True:
            values = ([*map(str, states)], days, name, _PURGED_AT_ONCE)
            rows = await self.database.write(_PURGE, values)
            for row in rows:
                if row["then_id"] and row["state"] in (State.DEAD, State.FAILED):
                    await self.cancel(row["then_id"])
            removed += len(rows)
            if len(rows) < _PURGED_AT_ONCE:
                return removed

    async def counts(self) -> list[Json]:
        return [dict(row) for row in await self.database.rows(_COUNTS)]


_PURGED_AT_ONCE = 1000

_PURGE = """
DELETE FROM task_runs WHERE id IN (
    SELECT id FROM task_runs WHERE state = ANY($1::text[]) AND ended_at < now() - make_interval(secs => $2 * 86400)
        AND ($3::text IS NULL OR name = $3)
    LIMIT $4 FOR UPDATE SKIP LOCKED
) RETURNING state, then_id
"""

_COUNTS = """
SELECT name, state, count(*) AS number,
    coalesce(extract(epoch FROM now() - min(due_at) FILTER (WHERE awaits = 0)), 0)::float AS oldest
FROM task_runs WHERE state IN ('waiting', 'running', 'dead') GROUP BY name, state
"""


def after_failure(task: Task[Any], attempt: int) -> tuple[State, float]:
    """What becomes of a run whose attempt has failed in a way that may be tried again, and after how long."""
    if attempt < task.attempts:
        return State.WAITING, task.retries.wait(attempt)
    return State.DEAD if task.dead_letter else State.FAILED, 0.0
