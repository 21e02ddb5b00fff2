"""The background tasks of the service; `celery -A service.tasks:app worker` knows them."""

from __future__ import annotations

from ..core.tasks.application import celery_app
from ..core.tasks.declared import Tasks
from .generate_report import generate_report
from .send_email import send_email

__all__ = [
    "app",
    "generate_report",
    "send_email",
    "tasks",
]

tasks = Tasks("service", (generate_report, send_email))
app = celery_app(tasks)
