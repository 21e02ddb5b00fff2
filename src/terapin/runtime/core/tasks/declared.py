"""Tasks as a service declares them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from importlib import import_module
from pkgutil import resolve_name
from random import SystemRandom
from typing import Any, Generic, Literal, ParamSpec, Protocol

from pydantic import BaseModel, ConfigDict
from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncSession

from ..triggers import Trigger, on_change
from .sending import Call, Due, Sent

P = ParamSpec("P")
Json = dict[str, Any]

# Processes that were forked have no sequence of waits in common.
_chance = SystemRandom()
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class TaskParameters(BaseModel):
    """Validated where a task is sent and where it arrives; unknown ones are refused."""

    model_config = ConfigDict(
        extra="forbid", validate_by_name=True, validate_by_alias=True, protected_namespaces=()
    )


class Priority(StrEnum):
    """A queue of its own each, for which workers keep processes: a broker's own priorities differ too much."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"

    @property
    def rank(self) -> int:
        return list(Priority).index(self)


class Backoff(StrEnum):
    """How the longest wait before a retry grows."""

    FIXED = "fixed"
    LINEAR = "linear"
    EXPONENTIAL = "exponential"


@dataclass(frozen=True, slots=True)
class Retries:
    """After the first attempt at most `most` others, each after a random part of a wait that grows (full jitter).

    Only after the exceptions `on`, besides a time limit and the loss of the worker. One that is named, as
    `module.Class`, is not imported.
    """

    most: int = 0
    backoff: Backoff = Backoff.EXPONENTIAL
    first_seconds: float = 1.0
    most_seconds: float = 600.0
    on: tuple[type[BaseException] | str, ...] = (Exception,)

    def has(self, error: BaseException) -> bool:
        """Whether to try again after it."""
        kinds = type(error).__mro__
        names = {f"{kind.__module__}.{kind.__qualname__}" for kind in kinds}
        return any(each in names or each in kinds for each in self.on)

    def longest_wait(self, attempt: int) -> float:
        """After so many attempts."""
        factor = {
            Backoff.FIXED: 1.0,
            Backoff.LINEAR: float(attempt),
            # Beyond 2**64 no cap is higher.
            Backoff.EXPONENTIAL: 2.0 ** min(attempt - 1, 64),
        }[self.backoff]
        return min(self.most_seconds, self.first_seconds * factor)

    def wait(self, attempt: int) -> float:
        return _chance.uniform(0, self.longest_wait(attempt))


@dataclass(frozen=True, slots=True)
class Cron:
    """Five fields, in UTC."""

    expression: str


@dataclass(frozen=True, slots=True)
class Every:
    seconds: float


@dataclass(frozen=True, slots=True)
class On:
    """A change of a row of `model`, whose key is the parameter of that name."""

    change: Literal["create", "update", "delete"]
    model: type[Any]
    parameter: str

    @classmethod
    def create(cls, model: type[Any], parameter: str) -> On:
        return cls("create", model, parameter)

    @classmethod
    def update(cls, model: type[Any], parameter: str) -> On:
        return cls("update", model, parameter)

    @classmethod
    def delete(cls, model: type[Any], parameter: str) -> On:
        return cls("delete", model, parameter)


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most so many starts within so many seconds, over all workers."""

    starts: int
    seconds: float

    @classmethod
    def parse(cls, text: str) -> RateLimit:
        """`10/m`."""
        match = re.fullmatch(r"([1-9][0-9]*)/([smhd])", text)
        if match is None:
            raise ValueError(f"{text!r} is no rate, which is as 10/s, 10/m, 10/h or 10/d")
        return cls(int(match[1]), _UNITS[match[2]])


class Sender(Protocol):
    """Core's `Subject`, in services that have it."""

    @property
    def roles(self) -> frozenset[str]: ...

    @property
    def is_anonymous(self) -> bool: ...


@dataclass(frozen=True, eq=False)
class Task(Generic[P]):
    """`handler` is `module:function`, which only workers import. Times are in seconds.

    `senders` are those who may send it by HTTP: "public", "authenticated" or "role:NAME".
    """

    name: str
    parameters: Callable[P, TaskParameters]
    handler: str
    description: str = ""
    queue: str = "default"
    priority: Priority = Priority.NORMAL
    pool: str = "default"
    retries: Retries = Retries()
    timeout: float = 3600
    soft_timeout: float | None = None
    rate_limit: str | None = None
    unique_for: float | None = None
    result_ttl: float = 86400
    schedule: Cron | Every | None = None
    dead_letter: bool = True
    exposed: bool = False
    senders: tuple[str, ...] = ("authenticated",)
    triggers: tuple[On, ...] = ()

    async def enqueue(self, *args: P.args, **kwargs: P.kwargs) -> Sent:
        """Have it run once the current transaction has committed, or else at once.

        That is the transaction of the innermost `Database.session` that is open here, be it that of a request.
        """
        return await self.call(*args, **kwargs).enqueue()

    def call(self, *args: P.args, **kwargs: P.kwargs) -> Call:
        """For chains and groups. Raises pydantic.ValidationError."""
        return self.sending(self.parameters(*args, **kwargs))

    def sending(self, parameters: TaskParameters, due: Due = None) -> Call:
        return Call(self.name, parameters, due, self.unique_for)

    def after(self, seconds: float) -> Later[P]:
        return Later(self, dt.timedelta(seconds=seconds))

    def at(self, moment: dt.datetime) -> Later[P]:
        if moment.tzinfo is None:
            raise ValueError(f"{moment} has no time zone")
        return Later(self, moment)

    def is_for(self, subject: Sender) -> bool:
        """Whether it may be sent by them."""
        allowing = {"public"}
        if not subject.is_anonymous:
            allowing |= {"authenticated", *(f"role:{each}" for each in subject.roles)}
        return not allowing.isdisjoint(self.senders)

    @property
    def route(self) -> str:
        """The queue that it goes to."""
        if self.priority is Priority.NORMAL:
            return self.queue
        return f"{self.queue}.{self.priority}"

    @property
    def attempts(self) -> int:
        """The most there are."""
        return 1 + self.retries.most

    @cached_property
    def rate(self) -> RateLimit | None:
        return RateLimit.parse(self.rate_limit) if self.rate_limit else None

    @property
    def model(self) -> type[TaskParameters]:
        given: Any = self.parameters
        model: type[TaskParameters] = given
        return model

    def read(self, parameters: Json | str) -> TaskParameters:
        """Raises pydantic.ValidationError."""
        text = parameters if isinstance(parameters, str) else to_json(parameters)
        return self.model.model_validate_json(text, strict=True)

    def function(self, name: str | None = None) -> Any:
        """The handler, or what stands beside it under another name, if anything does."""
        module, _, own = self.handler.partition(":")
        if name is None:
            return resolve_name(f"{module}:{own}")
        return getattr(import_module(module), name, None)


@dataclass(frozen=True, eq=False)
class Later(Generic[P]):
    """A task that is to be run at a moment, or so long after it was sent."""

    task: Task[P]
    due: dt.datetime | dt.timedelta

    async def enqueue(self, *args: P.args, **kwargs: P.kwargs) -> Sent:
        return await self.call(*args, **kwargs).enqueue()

    def call(self, *args: P.args, **kwargs: P.kwargs) -> Call:
        return self.task.sending(self.task.parameters(*args, **kwargs), self.due)


def _trigger(task: Task[Any], parameter: str) -> Trigger:
    async def send(session: AsyncSession, key: Any) -> None:
        await task.call(**{parameter: key}).enqueue_in(session)

    return send


class Tasks:
    """Those of a package, which has the modules `settings` and `main`."""

    def __init__(self, package: str, tasks: Iterable[Task[Any]]) -> None:
        self.package = package
        self.by_name: Mapping[str, Task[Any]] = {task.name: task for task in tasks}
        for task in self:
            for on in task.triggers:
                on_change(on.model, on.change, task.name, _trigger(task, on.parameter))

    def __iter__(self) -> Iterator[Task[Any]]:
        return iter(self.by_name.values())

    def queues(self) -> list[str]:
        return sorted({task.route for task in self})

    @property
    def pools(self) -> list[str]:
        return sorted({task.pool for task in self})
