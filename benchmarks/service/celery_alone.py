"""A task as Celery alone has it; workers find the application by `celery -A` with these variables."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery

BROKER, RESULTS, ACKS_LATE = "CELERY_ALONE_BROKER", "CELERY_ALONE_RESULTS", "CELERY_ALONE_ACKS_LATE"


def celery_alone(broker: str | None, results: str | None, *, acks_late: bool = False) -> Any:
    app: Any = Celery("celery_alone", broker=broker, backend=results, set_as_current=False)
    app.conf.update(
        broker_connection_retry_on_startup=True,
        task_serializer="json",
        accept_content=["json"],
        task_acks_late=acks_late,
        task_reject_on_worker_lost=acks_late,
    )
    app.task(_send_email, name="send_email", shared=False)
    return app


def _send_email(recipient: str, subject: str, body: str) -> int:
    return len(recipient) + len(subject) + len(body)


app = celery_alone(
    os.environ.get(BROKER), os.environ.get(RESULTS), acks_late=ACKS_LATE in os.environ
)
