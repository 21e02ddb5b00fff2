from __future__ import annotations

from ..core import wire
from ..core.tasks.declared import Task, TaskParameters


class LetterParameters(TaskParameters):
    body: wire.Text


letter = Task(
    "letter",
    LetterParameters,
    handler="service.handlers.letter:letter",
    exposed=True,
    senders=("role:clerk", 'role:"quoted"'),
)
