from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Label
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts
from terapin.ontology.schedules import ScheduleError, check_schedule
from terapin.ontology.statements import TaskStatement, is_false

RULE = Rule(
    code="task-schedule",
    local=True,
    summary="a task is to run by itself, and cannot",
    explanation="""\
`task:schedule` has five parts, as in cron: minute, hour, day of the month, month and day of the week, each a number, a
range, a list or `*`, also with a step (`*/5`); months and days of the week may be named (`mon-fri`). A day that its
months do not have, such as the 31st of February, never comes. `task:every` has seconds in its place: a task has one of
the two. Nobody gives parameters to a task that runs by itself, so it does without, or each has a default.""",
    example="""\
ex:CleanUpTask a task:AsyncTask ; task:schedule "0 4 30 2 *" .
""",
    mended="""\
ex:CleanUpTask a task:AsyncTask ; task:schedule "0 4 28 2 *" .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    for task in facts.statements.tasks:
        if task.schedule:
            try:
                check_schedule(task.schedule.value)
            except ScheduleError as error:
                yield RULE.at(task.schedule.place, f"'{task.schedule.value}': {error}")
        if task.schedule and task.every:
            yield RULE.at(
                task.every.place,
                "a task has either task:schedule or task:every",
                labels=(Label(task.schedule.place, "the other one"),),
            )
        yield from _called(task)


def _called(task: TaskStatement) -> Iterator[Diagnostic]:
    schedule = task.schedule or task.every
    needed = [each for each in task.parameters if not each.default and not is_false(each.required)]
    if schedule and needed:
        yield RULE.at(
            needed[0].place,
            f"the task runs by itself, and nobody gives it '{needed[0].name}'",
            labels=(Label(schedule.place, "here"),),
            help="give the parameter a default, or say `task:required false`",
        )
