from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Label
from terapin.diagnostics.rule import Rule
from terapin.model import FieldType
from terapin.ontology.facts import Facts
from terapin.ontology.statements import TaskParameterStatement, TaskStatement, is_true

RULE = Rule(
    code="task-parameter",
    local=True,
    summary="a parameter of a task cannot be sent as it is declared",
    explanation="""\
What a task is called with is sent as JSON, so each of its parameters has a name of its own and a type that JSON can
hold. The values of an Enum are stated with a field, which a parameter has not. Of an entity, the key is sent: whoever
does the task reads the row as it is then. A parameter that must be given has no default.""",
    example="""\
ex:ResizeTask a task:AsyncTask ;
  task:parameters ( [ task:name "size" ; task:type "Enum" ] ) .
""",
    mended="""\
ex:ResizeTask a task:AsyncTask ;
  task:parameters ( [ task:name "size" ; task:type "String" ] ) .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    for task in facts.statements.tasks:
        yield from _twice(task)
        for parameter in task.parameters:
            yield from _of(parameter)


def _twice(task: TaskStatement) -> Iterator[Diagnostic]:
    first: dict[str, TaskParameterStatement] = {}
    for each in task.parameters:
        other = first.setdefault(each.name, each)
        if other is not each:
            yield RULE.at(
                each.place,
                f"there are two parameters '{each.name}'",
                labels=(Label(other.place, "the other one"),),
            )


def _of(parameter: TaskParameterStatement) -> Iterator[Diagnostic]:
    if parameter.type and parameter.type.value is FieldType.ENUM:
        yield RULE.at(
            parameter.type.place, "an Enum has no values here", help='take a "String" instead'
        )
    if parameter.default and parameter.entity:
        yield RULE.at(parameter.default.place, "an entity has no default")
    elif parameter.default and parameter.required and is_true(parameter.required):
        yield RULE.at(
            parameter.required.place,
            f"'{parameter.name}' must be given, and has a default",
            labels=(Label(parameter.default.place, "the default"),),
            help="leave out one of them",
        )
