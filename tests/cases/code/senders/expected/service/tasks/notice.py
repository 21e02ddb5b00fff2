from __future__ import annotations

from ..core.tasks.declared import Task, TaskParameters


class NoticeParameters(TaskParameters):
    pass


notice = Task(
    "notice",
    NoticeParameters,
    handler="service.handlers.notice:notice",
    exposed=True,
    senders=("public",),
)
