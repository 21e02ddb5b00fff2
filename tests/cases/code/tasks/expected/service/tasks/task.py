from __future__ import annotations

from ..core.tasks.declared import Task
from ..core.tasks.declared import TaskParameters as TaskParameters_


class TaskParameters(TaskParameters_):
    pass


task = Task(
    "task",
    TaskParameters,
    handler="service.handlers.task:task",
)
