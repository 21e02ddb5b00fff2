"""What Prometheus is told of tasks: how many there are of each, and how long the oldest has been due."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ..database import Database
from ..metrics import Metrics
from .declared import Json, Tasks
from .ledger import Ledger
from .relay import Relay

logger = logging.getLogger(__name__)


class _Counted(Collector):
    """Read from the table of runs just before Prometheus is answered."""

    def __init__(self, tasks: Tasks, database: Database, relay: Relay | None) -> None:
        self._tasks = tasks
        self._ledger = Ledger(database)
        self._relay = relay
        self._counts: list[Json] | None = []

    async def refresh(self) -> None:
        try:
            self._counts = await self._ledger.counts()
        except Exception as error:
            # Nothing is said rather than what was so before.
            self._counts = None
            logger.warning("tasks cannot be counted: %r", error)

    def collect(self) -> Iterator[Metric]:
        if self._counts is not None:
            yield from self._gauges(self._counts)
        if self._relay is not None:
            yield CounterMetricFamily(
                "tasks_published", "Messages to the broker", value=self._relay.published
            )
            yield CounterMetricFamily(
                "tasks_publish_failures",
                "Times that it could not be reached",
                value=self._relay.failures,
            )

    def _gauges(self, counts: list[Json]) -> Iterator[Metric]:
        labels = ["task", "queue"]
        number = GaugeMetricFamily(
            "tasks", "Runs that have not ended well", labels=[*labels, "state"]
        )
        oldest = GaugeMetricFamily(
            "tasks_oldest_seconds", "For how long the first that waits has been due", labels=labels
        )
        for row in counts:
            task = self._tasks.by_name.get(row["name"])
            of = [row["name"], task.route if task else ""]
            number.add_metric([*of, row["state"]], row["number"])
            if row["state"] == "waiting":
                oldest.add_metric(of, max(0.0, row["oldest"]))
        yield number
        yield oldest


@contextmanager
def watched(
    metrics: Metrics, tasks: Tasks, database: Database, relay: Relay | None
) -> Iterator[None]:
    counted = _Counted(tasks, database, relay)
    metrics.registry.register(counted)
    metrics.refreshing.append(counted.refresh)
    try:
        yield
    finally:
        metrics.refreshing.remove(counted.refresh)
        metrics.registry.unregister(counted)
