from __future__ import annotations

import builtins
import re
from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.diagnostics.similar import did_you_mean
from terapin.ontology.facts import Facts
from terapin.ontology.statements import Stated, TaskStatement

RULE = Rule(
    code="task-retry",
    local=True,
    summary="what is said of trying a task again cannot be, or has no effect",
    explanation="""\
`task:maxRetries` says how often a task is tried again; what else is said of it (`task:retryBackoff`, `task:retryOn`,
`task:retryMaxDelay`) needs at least one. `task:retryOn` names exceptions: those of Python as they are
(`"ConnectionError"`), others with their module (`"smtplib.SMTPServerDisconnected"`). One that is derived from what is
named counts as well.""",
    example="""\
ex:SendEmailTask a task:AsyncTask ; task:maxRetries 3 ; task:retryOn ( "ConectionError" ) .
""",
    mended="""\
ex:SendEmailTask a task:AsyncTask ; task:maxRetries 3 ; task:retryOn ( "ConnectionError" ) .
""",
)

EXCEPTIONS = {
    name: name
    for name, each in vars(builtins).items()
    if isinstance(each, type) and issubclass(each, Exception) and each.__name__ == name
}
_OF_A_MODULE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)+\Z")


def check(facts: Facts) -> Iterator[Diagnostic]:
    for task in facts.statements.tasks:
        for stated in task.retry_on:
            if stated.value not in EXCEPTIONS and not _OF_A_MODULE.match(stated.value):
                yield RULE.at(
                    stated.place,
                    f"there is no exception '{stated.value}' in Python",
                    help=did_you_mean(
                        stated.value,
                        EXCEPTIONS,
                        "name one with its module, as in smtplib.SMTPException",
                        quote='"',
                    ),
                )
        yield from _without_effect(facts, task)


def _without_effect(facts: Facts, task: TaskStatement) -> Iterator[Diagnostic]:
    said: list[Stated[object] | None] = [task.backoff, task.retry_max_delay, *task.retry_on[:1]]
    if task.doubtful or (task.max_retries and task.max_retries.value):
        return
    for stated in filter(None, said):
        yield RULE.at(
            stated.place,
            "a task that is not tried again has no use for this",
            help="say how often it is, as in `task:maxRetries 3`",
        )
        return
