from __future__ import annotations

from ..core.tasks.declared import Cron, Task, TaskParameters


class CleanUpParameters(TaskParameters):
    pass


clean_up = Task(
    "clean-up",
    CleanUpParameters,
    handler="service.handlers.clean_up:clean_up",
    queue="slow",
    pool="slow",
    schedule=Cron("0 4 * * mon-fri"),
)
