from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts
from terapin.ontology.statements import Stated, TaskStatement, is_false
from terapin.ontology.terms import term

RULE = Rule(
    code="task-trigger",
    summary="a task is to be sent when an entity changes, and cannot be",
    explanation="""\
`task:onCreate`, `task:onUpdate` and `task:onDelete` send a task in the transaction that changes a row. The task gets
the row's key by the one parameter whose `task:type` is the entity, and nothing else: other parameters have a default,
or say `task:required false`. An entity on MongoDB is not in the database that tasks are kept in, so that no transaction
holds both: send such a task from its service.""",
    example="""\
ex:User a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:WelcomeTask a task:AsyncTask ; task:onCreate ex:User .
""",
    mended="""\
ex:User a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:WelcomeTask a task:AsyncTask ;
  task:onCreate ex:User ;
  task:parameters ( [ task:name "user_id" ; task:type ex:User ] ) .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    for task in facts.statements.tasks:
        for entity in dict.fromkeys(task.triggers.values()):
            if entity.value in facts.statements.entities and not task.doubtful:
                yield from _of(facts, task, entity)


def _of(facts: Facts, task: TaskStatement, entity: Stated[str]) -> Iterator[Diagnostic]:
    name = facts.ontology.shorten(term(entity.value))
    if entity.value in facts.placement.documents:
        yield RULE.at(
            entity.place,
            f"{name} lives on MongoDB, and tasks in PostgreSQL: no transaction holds both",
            help=f"send the task in the service of {name}",
        )
        return
    keys = [each for each in task.parameters if each.entity and each.entity.value == entity.value]
    if len(keys) != 1:
        found = f"{len(keys)} parameters are" if keys else "no parameter is"
        yield RULE.at(
            entity.place,
            f"{found} of the type {name}, so that nothing gets the key of the one that changed",
            help=f'add one: `task:parameters ( [ task:name "…" ; task:type {name} ] )`',
        )
    for each in task.parameters:
        if each not in keys and not each.default and not is_false(each.required):
            yield RULE.at(
                each.place,
                f"'{each.name}' must be given, and a change of {name} does not give it",
                help="give it a default, or say `task:required false`",
            )
