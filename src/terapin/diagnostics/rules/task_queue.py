from __future__ import annotations

import re
from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Label
from terapin.diagnostics.rule import Rule
from terapin.model import Priority
from terapin.model.tasks import DEFAULT
from terapin.ontology.facts import Facts
from terapin.ontology.statements import Stated, TaskStatement, value_of

RULE = Rule(
    code="task-queue",
    local=True,
    summary="a queue or a pool of workers cannot be as it is stated",
    explanation="""\
Queues and pools are called by letters, digits, `_`, `-` and `.`, and begin with a letter or a digit; names that begin
with `amq.` belong to RabbitMQ. Each priority has a queue of its own, whose name ends in it (`emails.high`), so a queue
that is stated does not end so: say `task:priority`. The workers of a pool empty all its queues, so that all tasks of a
queue are of one pool; a task without `task:routing` is of the pool `default`, and one without `task:queue` is in the
queue that is called as its pool is.""",
    example="""\
ex:MonthlyTask a task:AsyncTask ; task:queue "reports" ; task:routing "long_running" .

ex:DailyTask a task:AsyncTask ; task:queue "reports" .
""",
    mended="""\
ex:MonthlyTask a task:AsyncTask ; task:queue "reports" ; task:routing "long_running" .

ex:DailyTask a task:AsyncTask ; task:queue "reports" ; task:routing "long_running" .
""",
)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}\Z")
_SUFFIXES = tuple(f".{priority}" for priority in Priority)


def check(facts: Facts) -> Iterator[Diagnostic]:
    first: dict[str, TaskStatement] = {}
    for task in facts.statements.tasks:
        for stated, what in ((task.queue, "queue"), (task.pool, "pool")):
            if stated:
                yield from _named(stated, what)
        pool = value_of(task.pool) or DEFAULT
        queue = value_of(task.queue) or pool
        other = first.setdefault(queue, task)
        taken = value_of(other.pool) or DEFAULT
        if taken != pool:
            yield RULE.at(
                (task.pool or task.queue or task).place,
                f"the queue '{queue}' is of the pool '{pool}' here, and of '{taken}' elsewhere",
                labels=(Label((other.pool or other.queue or other).place, "the other one"),),
                help="name one pool by task:routing, or another queue",
            )


def _named(stated: Stated[str], what: str) -> Iterator[Diagnostic]:
    name = stated.value
    if not _NAME.match(name) or name.startswith("amq."):
        yield RULE.at(
            stated.place,
            f"a {what} cannot be called '{name}'",
            help="take letters, digits, _, - and ., 63 of them at most; amq. belongs to RabbitMQ",
        )
    elif found := next(filter(name.endswith, _SUFFIXES), None):
        term = "task:queue" if what == "queue" else "task:routing"
        yield RULE.at(
            stated.place,
            f"the {what} '{name}' is that of a priority",
            help=f'say `{term} "{name.removesuffix(found)}" ; task:priority "{found[1:]}"`',
        )
