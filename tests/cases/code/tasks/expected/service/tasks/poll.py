from __future__ import annotations

from ..core.tasks.declared import Every, Task, TaskParameters


class PollParameters(TaskParameters):
    pass


poll = Task(
    "poll",
    PollParameters,
    handler="service.handlers.poll:poll",
    schedule=Every(90),
)
