from __future__ import annotations

from ..core.tasks.declared import Backoff, Priority, Retries, Task, TaskParameters


class SendEmailParameters(TaskParameters):
    pass


send_email = Task(
    "send_email",
    SendEmailParameters,
    handler="service.handlers.send_email:send_email",
    queue="emails",
    priority=Priority.HIGH,
    retries=Retries(3, Backoff.EXPONENTIAL),
    timeout=300,
    soft_timeout=290,
)
