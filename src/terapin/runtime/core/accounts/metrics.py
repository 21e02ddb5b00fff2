"""What Prometheus is told of accounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from ..errors import Problem
from ..metrics import Metrics

if TYPE_CHECKING:
    from .mailing import Mailing

_REFUSED = {401: "wrong", 403: "not_allowed", 429: "limited", 503: "busy"}
OUTCOMES = ("succeeded", *_REFUSED.values(), "failed")


class Counts:
    """Of logins, by how they end."""

    def __init__(self) -> None:
        self.logins: Counter[str] = Counter()

    @contextmanager
    def login(self) -> Iterator[None]:
        try:
            yield
        except Problem as problem:
            self.logins[_REFUSED.get(problem.status_code, "failed")] += 1
            raise
        except BaseException:
            self.logins["failed"] += 1
            raise
        self.logins["succeeded"] += 1


class _Counted(Collector):
    def __init__(self, counts: Counts, mailing: Mailing) -> None:
        self._counts = counts
        self._mailing = mailing

    def collect(self) -> Iterator[Metric]:
        logins = CounterMetricFamily(
            "accounts_logins", "Logins, by how they end", labels=["outcome"]
        )
        for outcome in OUTCOMES:
            logins.add_metric([outcome], self._counts.logins[outcome])
        mails = CounterMetricFamily("accounts_mails", "Mails, by how they end", labels=["outcome"])
        mails.add_metric(["sent"], self._mailing.sent)
        mails.add_metric(["failed"], self._mailing.failed)
        yield from (logins, mails)


@contextmanager
def watched(metrics: Metrics, counts: Counts, mailing: Mailing) -> Iterator[None]:
    counted = _Counted(counts, mailing)
    metrics.registry.register(counted)
    try:
        yield
    finally:
        metrics.registry.unregister(counted)
