from __future__ import annotations

import builtins
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ...model import ServiceModel, Task, Trigger
from ...project.plan import Project
from ..parameters import parameter
from ..python import Imports, call, export_order, literal, unhidden


@dataclass(frozen=True, slots=True)
class TaskView:
    """`arguments` are those of core's `Task`, `module` is also what the task and its handler are called."""

    imports: str
    name: str
    module: str
    class_name: str
    base: str
    description: str | None
    parameters: tuple[str, ...]
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PackageView:
    """`names` are exported, in that order."""

    imports: str
    package: str
    tasks: str
    names: tuple[str, ...]


_DECLARED = "..core.tasks.declared"
_BASE = "TaskParameters"
# What the module of a task has of core and of libraries, and an entity must not hide.
_NAMES = frozenset(
    {"Backoff", "Cron", "Every", "On", "Priority", "Retries", _BASE}
    | {name for name in vars(builtins) if name[:1].isupper()}
)


def package_view(project: Project) -> PackageView:
    imports = Imports()
    imports.name("__future__", "annotations")
    imports.name("..core.tasks.application", "celery_app")
    imports.name(_DECLARED, "Tasks")
    modules = sorted(task.module for task in project.model.tasks)
    for module in modules:
        imports.name(f".{module}", module)
    names = sorted((*modules, "app", "tasks"), key=export_order)
    together = f"({modules[0]},)" if len(modules) == 1 else f"({', '.join(modules)})"
    return PackageView(imports.render(), project.package, together, tuple(names))


def task_view(project: Project, task: Task) -> TaskView:
    imports = Imports()
    imports.name("__future__", "annotations")
    class_name = task.parameters_class
    imported, parameters_base = unhidden(_BASE, {class_name})
    imports.name(_DECLARED, "Task", imported)
    parameters = tuple(parameter(each, imports) for each in task.parameters)
    handler = f"{project.package}.handlers.{task.module}:{task.module}"
    arguments = (
        literal(task.name),
        class_name,
        f"handler={literal(handler)}",
        *_options(project.model, task, imports),
        "",
    )
    return TaskView(
        imports=imports.render(),
        name=task.name,
        module=task.module,
        class_name=class_name,
        base=parameters_base,
        description=task.description,
        parameters=parameters,
        arguments=arguments,
    )


def _options(model: ServiceModel, task: Task, imports: Imports) -> Iterator[str]:
    """What the ontology says of it."""
    if task.description:
        yield f"description={literal(task.description)}"
    if task.queue is not None:
        yield f"queue={literal(task.queue)}"
    if task.priority is not None:
        imports.name(_DECLARED, "Priority")
        yield f"priority=Priority.{task.priority.name}"
    if task.pool is not None:
        yield f"pool={literal(task.pool)}"
    if task.max_retries is not None:
        imports.name(_DECLARED, "Retries")
        yield f"retries={call('Retries', _retries(task, task.max_retries, imports))}"
    yield from _times(task)
    if task.rate_limit is not None:
        yield f"rate_limit={literal(task.rate_limit)}"
    if task.schedule is not None:
        imports.name(_DECLARED, "Cron")
        yield f"schedule={call('Cron', [literal(task.schedule)])}"
    elif task.every is not None:
        imports.name(_DECLARED, "Every")
        yield f"schedule={call('Every', [_number(task.every)])}"
    if task.dead_letter is not None:
        yield f"dead_letter={task.dead_letter}"
    if task.exposed:
        yield "exposed=True"
        senders = ", ".join(map(literal, task.send))
        yield f"senders=({senders}{',' if len(task.send) == 1 else ''})"
    if task.triggers:
        imports.name(_DECLARED, "On")
        triggers = [_trigger(model, each, imports) for each in task.triggers]
        yield f"triggers=({', '.join(triggers)},)"


def _retries(task: Task, most: int, imports: Imports) -> Iterator[str]:
    yield str(most)
    if task.backoff is not None:
        imports.name(_DECLARED, "Backoff")
        yield f"Backoff.{task.backoff.name}"
    if task.retry_max_delay is not None:
        yield f"most_seconds={_number(task.retry_max_delay)}"
    if task.retry_on:
        names = [literal(each) if "." in each else each for each in task.retry_on]
        yield f"on=({', '.join(names)},)"


def _times(task: Task) -> Iterator[str]:
    seconds = {
        "timeout": task.timeout,
        "soft_timeout": task.soft_timeout or _soft(task.timeout),
        "unique_for": task.unique_for,
        "result_ttl": task.result_ttl,
    }
    return (f"{name}={_number(value)}" for name, value in seconds.items() if value is not None)


def _soft(timeout: Decimal | None) -> Decimal | None:
    """When a task is asked to stop that is stopped at `timeout`: 10 seconds earlier, or a tenth."""
    return None if timeout is None else timeout - min(Decimal(10), timeout / 10)


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _trigger(model: ServiceModel, trigger: Trigger, imports: Imports) -> str:
    entity = model.entities[trigger.entity]
    imported, name = unhidden(entity.class_name, _NAMES)
    imports.name(f"..models.{entity.module}", imported)
    return call(f"On.{trigger.change}", [name, literal(trigger.parameter)])
