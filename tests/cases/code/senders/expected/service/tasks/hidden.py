from __future__ import annotations

from ..core.tasks.declared import Task, TaskParameters


class HiddenParameters(TaskParameters):
    pass


hidden = Task(
    "hidden",
    HiddenParameters,
    handler="service.handlers.hidden:hidden",
    exposed=True,
    senders=(),
)
