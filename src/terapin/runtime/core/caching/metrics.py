"""What Prometheus reads of the caches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from .cache import Cache

_collectors: WeakKeyDictionary[CollectorRegistry, _Caches] = WeakKeyDictionary()


@contextmanager
def watch(registry: CollectorRegistry, cache: Cache) -> Iterator[None]:
    """One collector for all: a metric is described once, whatever the number of its labels."""
    collector = _collectors.get(registry)
    if collector is None:
        collector = _collectors[registry] = _Caches()
        registry.register(collector)
    collector.caches.append(cache)
    try:
        yield
    finally:
        collector.caches.remove(cache)


class _Caches(Collector):
    def __init__(self) -> None:
        self.caches: list[Cache] = []

    def collect(self) -> Iterator[Metric]:
        hits = CounterMetricFamily(
            "cache_hits", "Answers that were kept, in memory or in Redis", labels=["cache", "level"]
        )
        for cache in self.caches:
            hits.add_metric([cache.name, "memory"], cache.counts.local_hits)
            hits.add_metric([cache.name, "redis"], cache.counts.remote_hits)
        yield hits
        for name, description in _COUNTED.items():
            counter = CounterMetricFamily(f"cache_{name}", description, labels=["cache"])
            for cache in self.caches:
                counter.add_metric([cache.name], getattr(cache.counts, name))
            yield counter
        for name, (description, measure) in _MEASURED.items():
            gauge = GaugeMetricFamily(f"cache_{name}", description, labels=["cache"])
            for cache in self.caches:
                gauge.add_metric([cache.name], measure(cache))
            yield gauge


_COUNTED = {
    "misses": "Questions to which no answer was kept",
    "loads": "Answers that were made",
    "stale": "Answers past their time, while a source was down",
    "invalidations": "Tags of which was said that they have changed",
    "errors": "Calls that Redis did not answer",
}
_MEASURED: dict[str, tuple[str, Callable[[Cache], float]]] = {
    "memory_entries": ("Answers kept in memory", lambda cache: len(cache.local)),
    "memory_bytes": ("What they take", lambda cache: cache.local.bytes),
    "invalidations_unsent": ("Tags that Redis was not told of yet", lambda cache: cache.unsent),
}
