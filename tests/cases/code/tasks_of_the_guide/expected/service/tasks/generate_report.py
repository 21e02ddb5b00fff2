from __future__ import annotations

from ..core.tasks.declared import Priority, Retries, Task, TaskParameters


class GenerateReportParameters(TaskParameters):
    pass


generate_report = Task(
    "generate_report",
    GenerateReportParameters,
    handler="service.handlers.generate_report:generate_report",
    queue="reports",
    priority=Priority.NORMAL,
    pool="long_running",
    retries=Retries(2),
    timeout=1800,
    soft_timeout=1790,
)
