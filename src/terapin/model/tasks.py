"""Background tasks. What the ontology leaves open is None: core has a default for it. Times are in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .place import Place
from .types import FieldType

# The pool of a task that states none. A pool has a queue that is called as it is.
DEFAULT = "default"

# After which a task is stopped that states nothing of it.
HARD_LIMIT = 3600


class Priority(StrEnum):
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class Backoff(StrEnum):
    EXPONENTIAL = "exponential"
    LINEAR = "linear"
    FIXED = "fixed"


class Change(StrEnum):
    """What happens to an entity of which a task is sent."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskParameter:
    """`name` is its key in JSON. `entity` is the IRI of the entity whose key it takes, which is of `type`."""

    name: str
    attribute: str
    place: Place
    type: FieldType
    entity: str | None = None
    required: bool = True
    default: str | int | Decimal | bool | None = None
    description: str | None = None
    max_length: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """`parameter` is the attribute of the one that gets the key of the entity, an IRI."""

    change: Change
    entity: str
    parameter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """`name` is what it is registered as, `module` its Python name. `formerly` is the IRI that it had.

    Of the rules of who may `send` it, if it is exposed, any is enough.
    """

    iri: str
    place: Place
    name: str
    module: str
    description: str | None = None
    parameters: tuple[TaskParameter, ...] = ()
    queue: str | None = None
    priority: Priority | None = None
    pool: str | None = None
    max_retries: int | None = None
    backoff: Backoff | None = None
    retry_on: tuple[str, ...] = ()
    retry_max_delay: Decimal | None = None
    timeout: Decimal | None = None
    soft_timeout: Decimal | None = None
    rate_limit: str | None = None
    unique_for: Decimal | None = None
    result_ttl: Decimal | None = None
    schedule: str | None = None
    every: Decimal | None = None
    dead_letter: bool | None = None
    exposed: bool = False
    send: tuple[str, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    formerly: str | None = None

    @property
    def parameters_class(self) -> str:
        words = self.module.strip("_").split("_")
        return "".join(word[:1].upper() + word[1:] for word in words) + "Parameters"
