"""For tests: tasks in their own process, without a broker and without workers."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, cast
from uuid import UUID

from celery.exceptions import Ignore, Retry
from fastapi import FastAPI

from ..database import Database, database_of
from .attempt import Attempt
from .declared import Task, Tasks
from .executing import logged
from .ledger import Ledger
from .process import Bridge
from .results import Results

_DUE = """
SELECT id, name FROM task_runs
WHERE state = 'waiting' AND awaits = 0 AND due_at <= now() ORDER BY due_at, created_at
"""
# Nobody else is there who could take it over.
_LEASE = 3600.0


async def run_waiting(app: FastAPI) -> list[UUID]:
    """Run what is due, one after the other, until nothing is; the runs in their order.

    What fails is as it would be with workers: waiting for its retry, or dead. Time limits do not hold.
    """
    database = cast(Database, database_of(app))
    tasks: Tasks = app.state.tasks
    done: list[UUID] = []
    with app.state.sources.current():
        while rows := await database.rows(_DUE):
            for row in rows:
                await _run(app, database, tasks.by_name[row["name"]], row["id"])
                done.append(row["id"])
    return done


async def _run(app: FastAPI, database: Database, task: Task[Any], id_: UUID) -> None:
    ledger, results = Ledger(database), cast(Results, app.state.task_results)
    claimed = await ledger.claim(id_, task, _LEASE, "test")
    if claimed is None:
        return

    def keep(value: Any, state: str) -> None:
        results.keep(id_, value, state)

    attempt = Attempt(task, claimed, ledger, Bridge(asyncio.get_running_loop()), _LEASE, keep)
    with logged(task, id_):
        await asyncio.to_thread(_made, attempt)


def _made(attempt: Attempt) -> None:
    """What it raises is for Celery; that it failed is written down."""
    with suppress(Ignore, Retry, Exception):
        attempt.make()
