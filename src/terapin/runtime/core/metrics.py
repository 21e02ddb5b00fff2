"""What Prometheus reads at `/metrics`."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Awaitable, Callable, Iterator
from itertools import accumulate
from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from .resilience.breaker import State
from .sources.base import Source
from .sources.manager import Sources

Value = Callable[[Source[Any]], float]

_spelt: Any = floatToGoString
_BOUNDS = Histogram.DEFAULT_BUCKETS
_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class Metrics:
    """One registry an application, so that two in one process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        # Awaited before Prometheus is answered, by what can only be read so.
        self.refreshing: list[Callable[[], Awaitable[None]]] = []
        self._answered = _Answered()
        self.registry.register(self._answered)

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        answers = self._answered.of(method, route)
        answers.statuses[status] = answers.statuses.get(status, 0) + 1
        answers.seconds += seconds
        answers.within[bisect_left(_BOUNDS, seconds)] += 1

    def watch(self, sources: Sources) -> Collector:
        collector = _Observed(sources)
        self.registry.register(collector)
        return collector


class _Answers:
    """Of one route: how many of each status, and how many took how long."""

    __slots__ = ("seconds", "statuses", "within")

    def __init__(self) -> None:
        self.statuses: dict[int, int] = {}
        self.seconds = 0.0
        self.within = [0] * len(_BOUNDS)

    def buckets(self) -> Iterator[tuple[str, float]]:
        for bound, count in zip(_BOUNDS, accumulate(self.within), strict=True):
            yield _spelt(bound), count


class _Answered(Collector):
    """Counted on the event loop alone, so without the locks that the library's own counters take each time."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, str], _Answers] = {}

    def of(self, method: str, route: str) -> _Answers:
        found = self._of.get((method, route))
        if found is None:
            # A client may make up as many methods as it likes.
            method = method if method in _METHODS else "other"
            found = self._of.setdefault((method, route), _Answers())
        return found

    def collect(self) -> Iterator[Metric]:
        labels = ["method", "route"]
        requests = CounterMetricFamily(
            "http_requests", "Requests answered", labels=[*labels, "status"]
        )
        seconds = HistogramMetricFamily("http_request_seconds", "Time to answer", labels=labels)
        for of, answers in self._of.items():
            for status, count in answers.statuses.items():
                requests.add_metric([*of, str(status)], count)
            seconds.add_metric([*of], [*answers.buckets()], answers.seconds)
        yield requests
        yield seconds


class _Observed(Collector):
    """Read from the sources when Prometheus asks."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def collect(self) -> Iterator[Metric]:
        yield self._gauge("connections_used", "Connections at work", lambda s: s.pool().used)
        yield self._gauge("connections_idle", "Connections that wait", lambda s: s.pool().idle)
        yield self._gauge("connections_limit", "As many may be open", lambda s: s.pool().limit)
        yield self._breakers()
        yield self._counter(
            "breaker_openings", "Times that it was not asked any more", lambda s: s.breaker.openings
        )
        yield self._counter(
            "retries", "Calls that were made again", lambda s: s.retry.budget.retries
        )
        yield self._counter(
            "retries_refused", "Not made again, to spare it", lambda s: s.retry.budget.refused
        )
        yield self._counter(
            "conflicts", "Made again after a conflict", lambda s: s.retry.budget.conflicts
        )

    def _gauge(self, name: str, help_: str, value: Value) -> Metric:
        metric = GaugeMetricFamily(f"source_{name}", help_, labels=["source"])
        for source in self._sources:
            metric.add_metric([source.name], value(source))
        return metric

    def _counter(self, name: str, help_: str, value: Value) -> Metric:
        metric = CounterMetricFamily(f"source_{name}", help_, labels=["source"])
        for source in self._sources:
            metric.add_metric([source.name], value(source))
        return metric

    def _breakers(self) -> Metric:
        metric = GaugeMetricFamily(
            "source_breaker", "1 for the state that it is in", labels=["source", "state"]
        )
        for source in self._sources:
            for state in State:
                metric.add_metric([source.name, state], source.breaker.state is state)
        return metric


router = APIRouter(tags=["operations"])


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(request: Request) -> Response:
    """For Prometheus."""
    measured: Metrics = request.app.state.metrics
    for refresh in measured.refreshing:
        await refresh()
    return Response(generate_latest(measured.registry), media_type=CONTENT_TYPE_LATEST)
