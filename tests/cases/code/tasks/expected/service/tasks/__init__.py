"""The background tasks of the service; `celery -A service.tasks:app worker` knows them."""

from __future__ import annotations

from ..core.tasks.application import celery_app
from ..core.tasks.declared import Tasks
from .clean_up import clean_up
from .poll import poll
from .task import task
from .welcome import welcome

__all__ = [
    "app",
    "clean_up",
    "poll",
    "task",
    "tasks",
    "welcome",
]

tasks = Tasks("service", (clean_up, poll, task, welcome))
app = celery_app(tasks)
