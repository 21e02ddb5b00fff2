from __future__ import annotations

from terapin.runtime.core import wire
from terapin.runtime.core.tasks.declared import (
    Backoff,
    Every,
    On,
    Priority,
    Retries,
    Task,
    TaskParameters,
)

from ..models import Letter

HANDLERS = "tests.runtime.mailroom.handlers"
SOON = Retries(3, Backoff.EXPONENTIAL, first_seconds=0.1, most_seconds=1)


class LetterParameters(TaskParameters):
    body: wire.Text
    seconds: float = 0


class GreetParameters(TaskParameters):
    letter_id: wire.Integer


class FragileParameters(TaskParameters):
    body: wire.Text
    failures: int
    error: str = "ConnectionError"


class ReportParameters(TaskParameters):
    rows: int = 10
    on: wire.Date | None = None


class NoParameters(TaskParameters):
    pass


deliver = Task(
    "deliver",
    LetterParameters,
    handler=f"{HANDLERS}.letters:deliver",
    description="Writes a letter.",
    queue="letters",
    retries=Retries(10, first_seconds=0.1, most_seconds=1),
    exposed=True,
)
stamp = Task(
    "stamp", LetterParameters, handler=f"{HANDLERS}.letters:stamp", queue="letters", retries=SOON
)
lasting = Task(
    "lasting",
    LetterParameters,
    handler=f"{HANDLERS}.letters:lasting",
    queue="letters",
    priority=Priority.LOW,
    retries=SOON,
)
urgent = Task(
    "urgent",
    LetterParameters,
    handler=f"{HANDLERS}.letters:urgent",
    queue="letters",
    priority=Priority.HIGH,
    unique_for=60,
)
greet = Task(
    "greet",
    GreetParameters,
    handler=f"{HANDLERS}.letters:greet",
    triggers=(On.create(Letter, "letter_id"),),
)
fragile = Task(
    "fragile",
    FragileParameters,
    handler=f"{HANDLERS}.trouble:fragile",
    queue="trouble",
    retries=Retries(3, first_seconds=0.1, most_seconds=1, on=(ConnectionError,)),
    exposed=True,
)
poison = Task(
    "poison", NoParameters, handler=f"{HANDLERS}.trouble:poison", queue="trouble", retries=SOON
)
stuck = Task(
    "stuck",
    LetterParameters,
    handler=f"{HANDLERS}.trouble:stuck",
    queue="trouble",
    timeout=2,
    retries=SOON,
)
hasty = Task(
    "hasty",
    LetterParameters,
    handler=f"{HANDLERS}.trouble:hasty",
    queue="trouble",
    timeout=10,
    soft_timeout=1,
)
report = Task(
    "report",
    ReportParameters,
    handler=f"{HANDLERS}.report:report",
    queue="reports",
    pool="long",
    result_ttl=600,
    exposed=True,
)
count = Task(
    "count",
    LetterParameters,
    handler=f"{HANDLERS}.letters:stamp",
    queue="letters",
    rate_limit="4/s",
)
tick = Task("tick", NoParameters, handler=f"{HANDLERS}.trouble:tick", schedule=Every(1))
