from __future__ import annotations

from ..core.tasks.declared import Task, TaskParameters


class ReportParameters(TaskParameters):
    pass


report = Task(
    "report",
    ReportParameters,
    handler="service.handlers.report:report",
    exposed=True,
    senders=("role:clerk",),
)
