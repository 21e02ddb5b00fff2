"""A worker's connection to its broker, for which it looks every second once it is gone."""

# Celery has no types.
# mypy: disallow-subclassing-any=False

from __future__ import annotations

from functools import partial
from typing import Any

from celery.worker.consumer import Consumer

_PAUSE = 1.0


class Reconnecting(Consumer):
    """Celery's own waits for longer each time, up to half a minute."""

    def ensure_connected(self, conn: Any) -> Any:
        conn.ensure_connection = partial(
            conn.ensure_connection, interval_start=_PAUSE, interval_step=0, interval_max=_PAUSE
        )
        return super().ensure_connected(conn)
