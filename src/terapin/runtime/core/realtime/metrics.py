"""What Prometheus is told of sockets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ..metrics import Metrics
from .hub import Hub


class _Counted(Collector):
    def __init__(self, state: Any) -> None:
        self._state = state

    def collect(self) -> Iterator[Metric]:
        hub: Hub | None = getattr(self._state, "realtime", None)
        if hub is None:
            return
        labels = ["channel"]
        sockets = GaugeMetricFamily("websockets", "Sockets that are in a room", labels=labels)
        received = CounterMetricFamily("websocket_received", "Messages that came in", labels=labels)
        sent = CounterMetricFamily(
            "websocket_delivered", "Messages given to sockets", labels=labels
        )
        closed = CounterMetricFamily("websockets_closed", "Closed by us, and why", labels=["code"])
        for metric, counts in (
            (sockets, hub.connections()),
            (received, hub.received),
            (sent, hub.all_delivered()),
        ):
            for channel, number in counts.items():
                metric.add_metric([channel], number)
        for code, number in hub.closed.items():
            closed.add_metric([code.reason], number)
        yield from (sockets, received, sent, closed)


def watch(metrics: Metrics, state: Any) -> None:
    metrics.registry.register(_Counted(state))
