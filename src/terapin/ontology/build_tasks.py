"""Tasks of the model."""

from __future__ import annotations

from terapin.model import FieldType, Now, Task, TaskParameter, Trigger
from terapin.model.channels import AUTHENTICATED, PUBLIC
from terapin.model.naming import attribute_name

from .defaults import default_of
from .facts import Facts
from .statements import Stated, TaskParameterStatement, TaskStatement, is_true, said, value_of


def tasks(facts: Facts) -> tuple[Task, ...]:
    return tuple(_task(facts, each) for each in facts.statements.tasks)


def _task(facts: Facts, statement: TaskStatement) -> Task:
    module = facts.naming.tasks[statement.iri]
    parameters = tuple(parameter(facts, each) for each in statement.parameters)
    service = next(iter(facts.statements.services), None)
    return Task(
        iri=statement.iri,
        place=statement.place,
        name=value_of(statement.name) or module,
        module=module,
        description=said(statement.description),
        parameters=parameters,
        queue=value_of(statement.queue) or value_of(statement.pool),
        priority=value_of(statement.priority),
        pool=value_of(statement.pool),
        max_retries=value_of(statement.max_retries),
        backoff=value_of(statement.backoff),
        retry_on=tuple(dict.fromkeys(each.value for each in statement.retry_on)),
        retry_max_delay=value_of(statement.retry_max_delay),
        timeout=value_of(statement.timeout),
        soft_timeout=value_of(statement.soft_timeout),
        rate_limit=value_of(statement.rate_limit),
        unique_for=value_of(statement.unique_for),
        result_ttl=value_of(statement.result_ttl),
        schedule=" ".join(statement.schedule.value.split()) if statement.schedule else None,
        every=value_of(statement.every),
        dead_letter=value_of(statement.dead_letter),
        exposed=is_true(statement.expose),
        send=who_may(facts, statement.send, service.send if service else None),
        triggers=tuple(
            Trigger(
                change=change,
                entity=stated.value,
                parameter=next(
                    each.attribute for each in parameters if each.entity == stated.value
                ),
            )
            for change, stated in statement.triggers.items()
        ),
        formerly=value_of(statement.formerly),
    )


def who_may(facts: Facts, *stated: tuple[Stated[str], ...] | None) -> tuple[str, ...]:
    """What is stated first, of what has no rows."""
    for rules in stated:
        if rules is not None:
            return tuple(dict.fromkeys(each.value for each in rules))
    asks = any(each.asks_for_tokens for each in facts.statements.services)
    return (AUTHENTICATED if asks else PUBLIC,)


def parameter(facts: Facts, statement: TaskParameterStatement) -> TaskParameter:
    """Of a task, or a field of a message."""
    type_ = parameter_type(facts, statement)
    default = default_of(type_, statement.default.value) if statement.default else None
    required = value_of(statement.required)
    return TaskParameter(
        name=statement.name,
        attribute=attribute_name(statement.name),
        place=statement.place,
        type=type_,
        entity=value_of(statement.entity),
        required=default is None if required is None else required,
        default=None if isinstance(default, Now) else default,
        description=said(statement.description),
        max_length=value_of(statement.max_length),
    )


def parameter_type(facts: Facts, statement: TaskParameterStatement) -> FieldType:
    """Of an entity, that of its key."""
    entity = facts.statements.entities.get(value_of(statement.entity) or "")
    if entity:
        return next((key.type.value for key in entity.keys if key.type), FieldType.UUID)
    return value_of(statement.type) or FieldType.STRING
