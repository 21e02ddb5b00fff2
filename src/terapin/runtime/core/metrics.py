"""What Prometheus reads at `/metrics`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from .resilience.breaker import State
from .sources.base import Source
from .sources.manager import Sources

Value = Callable[[Source[Any]], float]


class Metrics:
    """One registry an application, so that two in one process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route")
        self._requests = Counter(
            "http_requests", "Requests answered", (*labels, "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "http_request_seconds", "Time to answer", labels, registry=self.registry
        )
        self._of: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """By the pair that was found the first time: to find it again takes longer than to count."""
        pair = self._of.get((method, route, status)) or self._find(method, route, status)
        pair[0].inc()
        pair[1].observe(seconds)

    def _find(self, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
        pair = self._of[method, route, status] = (
            self._requests.labels(method, route, str(status)),
            self._seconds.labels(method, route),
        )
        return pair

    def watch(self, sources: Sources) -> Collector:
        collector = _Observed(sources)
        self.registry.register(collector)
        return collector


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
    return Response(generate_latest(measured.registry), media_type=CONTENT_TYPE_LATEST)
