"""Beat: sends what is scheduled, each moment of it once.

It writes to the table of runs, as every sender does, so a broker that is away holds nothing up. The run of a moment
has an identity of its own: a second beat adds nothing, and one that starts again sends what it has missed, once.
"""

# Celery has no types.
# mypy: disallow-subclassing-any=False

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import orjson
from celery.beat import ScheduleEntry, Scheduler
from celery.schedules import crontab, schedule

from ..database import Database
from ..settings import ServiceSettings
from ..sources.declared import Declared
from ..sources.manager import Sources
from .declared import Cron, Every, Task, Tasks

logger = logging.getLogger(__name__)

_PAUSE = 1.0

_SEND = """
WITH sent AS (
    INSERT INTO task_runs (id, name, parameters, state, unique_key, next_at)
    VALUES ($1, $2, $3::text::jsonb, 'waiting', $4, now()) ON CONFLICT (id) DO NOTHING RETURNING id
)
SELECT count(pg_notify('task_runs', '')) FROM sent
"""

_LAST = "SELECT max(created_at) AS moment FROM task_runs WHERE unique_key = $1"


class Slots(schedule):
    """At the multiples of an interval since 1970, which all beats agree on."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.every = seconds

    def is_due(self, last_run_at: dt.datetime) -> tuple[bool, float]:
        now = time.time()
        is_due = now // self.every > last_run_at.timestamp() // self.every
        return is_due, self.every - now % self.every

    def __reduce__(self) -> Any:
        return type(self), (self.every,)


def beat_schedule(tasks: Tasks) -> Iterator[tuple[str, Any]]:
    """Celery's, by the names of the tasks."""
    for task in tasks:
        if task.schedule is not None:
            yield task.name, {"task": task.name, "schedule": _schedule(task.schedule)}


def _schedule(when: Cron | Every) -> Any:
    if isinstance(when, Every):
        return Slots(when.seconds)
    minute, hour, day, month, weekday = when.expression.split()
    return crontab(
        minute=minute, hour=hour, day_of_month=day, month_of_year=month, day_of_week=weekday
    )


def moment_id(task: Task[Any], now: float) -> UUID:
    """Of the run of a minute, or of an interval."""
    every = task.schedule.seconds if isinstance(task.schedule, Every) else 60.0
    return uuid5(NAMESPACE_OID, f"{task.name} {every} {int(now // every)}")


def scheduler_class(tasks: Tasks, settings: Callable[[], ServiceSettings]) -> type[Scheduler]:
    class Written(Scheduler):
        # Nothing goes to the broker, so no connection is wanted.
        producer = None

        def setup_schedule(self) -> None:
            """What is opened here is closed by the end of the process: `close` comes from signals, at any time."""
            self._runner = asyncio.Runner()
            self._declared = Declared("database", Database)
            self._sources = Sources([self._declared], settings(), application="beat")
            self._runner.run(self._sources.__aenter__())
            super().setup_schedule()
            for name, entry in self.schedule.items():
                entry.last_run_at = self._last(name) or entry.last_run_at

        def apply_async(self, entry: ScheduleEntry, *_: Any, **__: Any) -> None:
            """Until it is written down: what is due meanwhile is no less due then."""
            task = tasks.by_name[entry.task]
            parameters = orjson.dumps(task.read("{}").model_dump(mode="json", by_alias=True))
            id_ = moment_id(task, time.time())
            values = (id_, task.name, parameters.decode(), _key(task.name))
            self._patiently(lambda database: database.write(_SEND, values))

        def _last(self, name: str) -> dt.datetime | None:
            [row] = self._patiently(lambda database: database.rows(_LAST, (_key(name),)))
            moment: dt.datetime | None = row["moment"]
            return moment

        def _patiently(self, work: Callable[[Database], Any]) -> Any:
            database = self._sources[self._declared]
            while True:
                try:
                    return self._runner.run(work(database))
                except Exception as error:
                    if not database.is_outage(error):
                        raise
                    logger.warning("the schedule waits for the database: %r", error)
                time.sleep(_PAUSE)

    return Written


def _key(name: str) -> str:
    return f"schedule:{uuid5(NAMESPACE_OID, name).hex}"
