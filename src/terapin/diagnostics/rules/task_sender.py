from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts
from terapin.ontology.statements import is_true

from . import channel_rule

RULE = Rule(
    code="task-sender",
    local=True,
    summary="who may send a task by HTTP cannot be told like this",
    explanation="""\
`auth:send` of a task, or of the service for those that do not say it, is "public", "authenticated" or "role:NAME", or a
list of these. Who is authenticated, and what roles they have, is known from tokens: the service says by `auth:issuer`
and `auth:audience` whose it takes. A task without `task:expose true` is sent by the service alone, and by nobody else.
Whatever else decides, such as whose rows the task is about, is written in an endpoint of your own, which sends it.""",
    example="""\
ex:ReportTask a task:AsyncTask ; task:expose true ; auth:send "everybody" .
""",
    mended="""\
ex:ReportTask a task:AsyncTask ; task:expose true ; auth:send "public" .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    statements = facts.statements
    for task in statements.tasks:
        if task.send and not is_true(task.expose):
            yield RULE.at(
                task.send[0].place,
                "it is sent by the service alone, and by nobody else",
                help="expose it by `task:expose true`, or leave out auth:send",
            )
    rules = [
        *(each.send for each in statements.tasks),
        *(each.send for each in statements.services),
    ]
    for stated in chain.from_iterable(filter(None, rules)):
        yield from channel_rule.complaints(RULE, "a task", stated, facts)
