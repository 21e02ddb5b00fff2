"""What the documents state, read but not yet related: the input of the rules.

A statement is `doubtful` when a part of it was reported already, so that nothing is said to be missing from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

from terapin.model import (
    Backoff,
    Broadcast,
    CacheBackend,
    Cascade,
    Change,
    FieldType,
    Kind,
    Operation,
    ParameterIn,
    Place,
    Priority,
    Serializer,
    SourceKind,
    Who,
)

Value = TypeVar("Value", covariant=True)


class Stated(NamedTuple, Generic[Value]):
    """A value and the triple that states it."""

    value: Value
    subject: str
    predicate: str
    object: str

    @property
    def place(self) -> Place:
        return Place(self.subject, self.predicate, self.object)


def value_of(stated: Stated[Value] | None) -> Value | None:
    return stated.value if stated else None


def is_true(stated: Stated[bool] | None) -> bool:
    return stated is not None and stated.value


def is_false(stated: Stated[bool] | None) -> bool:
    return stated is not None and not stated.value


def said(description: Stated[str] | None) -> str | None:
    """White space alone says nothing."""
    return (value_of(description) or "").strip() or None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionStatement:
    """`values` are terms, any of which the field may have."""

    field: Stated[str]
    values: tuple[Stated[str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleStatement:
    place: Place
    who: Who
    role: str | None = None
    condition: ConditionStatement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionStatement:
    """Any of the rules is enough."""

    operation: Operation
    place: Place
    rules: tuple[RuleStatement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldStatement:
    """`type` of a scalar field, `kind` of a relationship field; neither if it is unknown."""

    entity: str
    name: str
    place: Place
    type: Stated[FieldType] | None = None
    kind: Stated[Kind] | None = None
    formerly: Stated[str] | None = None
    description: Stated[str] | None = None
    primary_key: Stated[bool] | None = None
    unique: Stated[bool] | None = None
    nullable: Stated[bool] | None = None
    index: Stated[bool] | None = None
    secret: Stated[bool] | None = None
    read_only: Stated[bool] | None = None
    write_only: Stated[bool] | None = None
    lazy_load: Stated[bool] | None = None
    default: Stated[str] | None = None
    min_length: Stated[int] | None = None
    max_length: Stated[int] | None = None
    minimum: Stated[Decimal] | None = None
    maximum: Stated[Decimal] | None = None
    exclusive_minimum: Stated[Decimal] | None = None
    exclusive_maximum: Stated[Decimal] | None = None
    pattern: Stated[str] | None = None
    precision: Stated[int] | None = None
    scale: Stated[int] | None = None
    expose: Stated[bool] | None = None
    values: tuple[Stated[str], ...] = ()
    permissions: tuple[PermissionStatement, ...] = ()
    implied_minimum: Decimal | None = None
    implied_maximum: Decimal | None = None
    doubtful: bool = False

    @property
    def least(self) -> Decimal | None:
        """As stated, or else as the XSD datatype implies."""
        return self.minimum.value if self.minimum else self.implied_minimum

    @property
    def most(self) -> Decimal | None:
        return self.maximum.value if self.maximum else self.implied_maximum

    @property
    def identity(self) -> str:
        return f"{self.entity} {self.name}"


@dataclass(frozen=True, kw_only=True)
class EntityStatement:
    iri: str
    place: Place
    fields: tuple[FieldStatement, ...] = ()
    formerly: Stated[str] | None = None
    class_name: Stated[str] | None = None
    table_name: Stated[str] | None = None
    description: Stated[str] | None = None
    unique_together: tuple[tuple[Stated[str], ...], ...] = ()
    indexes: tuple[tuple[Stated[str], ...], ...] = ()
    data_source: Stated[str] | None = None
    cache: Stated[str] | None = None
    expose: Stated[bool] | None = None
    mutations: Stated[bool] | None = None
    subscriptions: Stated[bool] | None = None
    permissions: tuple[PermissionStatement, ...] = ()
    owner: Stated[str] | None = None
    tenant: Stated[str] | None = None
    is_subject: Stated[bool] | None = None
    doubtful: bool = False

    @cached_property
    def scalars(self) -> Mapping[str, FieldStatement]:
        """By name; of several of one name the first."""
        named: dict[str, FieldStatement] = {}
        for each in self.fields:
            if each.kind is None:
                named.setdefault(each.name, each)
        return named

    @cached_property
    def relationship_fields(self) -> tuple[FieldStatement, ...]:
        return tuple(field for field in self.fields if field.kind)

    @cached_property
    def keys(self) -> tuple[FieldStatement, ...]:
        return tuple(field for field in self.fields if is_true(field.primary_key))


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationshipStatement:
    iri: str
    place: Place
    kind: Kind
    source: Stated[str] | None
    target: Stated[str] | None
    formerly: Stated[str] | None = None
    foreign_key: Stated[str] | None = None
    through: Stated[str] | None = None
    cascade: Stated[Cascade] | None = None
    eager_load: Stated[bool] | None = None
    field: Stated[str] | None = None
    inverse_field: Stated[str] | None = None
    inverse_eager_load: Stated[bool] | None = None
    nullable: Stated[bool] | None = None
    order_by: Stated[str] | None = None
    doubtful: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterStatement:
    name: str
    place: Place
    type: Stated[FieldType] | None
    location: Stated[ParameterIn] | None = None
    required: Stated[bool] | None = None
    default: Stated[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointStatement:
    """`response` is an entity's IRI or a type; `response_entity` tells which was meant."""

    iri: str
    place: Place
    method: Stated[str] | None
    path: Stated[str] | None
    operation_id: Stated[str] | None = None
    description: Stated[str] | None = None
    response_entity: Stated[str] | None = None
    response_type: Stated[FieldType] | None = None
    parameters: tuple[ParameterStatement, ...] = ()
    doubtful: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskParameterStatement:
    """`entity` is stated in the place of a type: of it, the key is sent."""

    name: str
    place: Place
    type: Stated[FieldType] | None = None
    entity: Stated[str] | None = None
    required: Stated[bool] | None = None
    default: Stated[str] | None = None
    description: Stated[str] | None = None
    max_length: Stated[int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStatement:
    iri: str
    place: Place
    formerly: Stated[str] | None = None
    name: Stated[str] | None = None
    description: Stated[str] | None = None
    parameters: tuple[TaskParameterStatement, ...] = ()
    queue: Stated[str] | None = None
    pool: Stated[str] | None = None
    priority: Stated[Priority] | None = None
    max_retries: Stated[int] | None = None
    backoff: Stated[Backoff] | None = None
    retry_on: tuple[Stated[str], ...] = ()
    retry_max_delay: Stated[Decimal] | None = None
    timeout: Stated[Decimal] | None = None
    soft_timeout: Stated[Decimal] | None = None
    rate_limit: Stated[str] | None = None
    unique_for: Stated[Decimal] | None = None
    result_ttl: Stated[Decimal] | None = None
    schedule: Stated[str] | None = None
    every: Stated[Decimal] | None = None
    dead_letter: Stated[bool] | None = None
    expose: Stated[bool] | None = None
    on_create: Stated[str] | None = None
    on_update: Stated[str] | None = None
    on_delete: Stated[str] | None = None
    send: tuple[Stated[str], ...] | None = None
    doubtful: bool = False

    @property
    def triggers(self) -> Mapping[Change, Stated[str]]:
        """The entities that send it."""
        stated = {
            Change.CREATE: self.on_create,
            Change.UPDATE: self.on_update,
            Change.DELETE: self.on_delete,
        }
        return {change: entity for change, entity in stated.items() if entity}


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageStatement:
    """It carries the key of an entity, or fields."""

    iri: str
    place: Place
    type: Stated[str] | None = None
    entity: Stated[str] | None = None
    fields: tuple[TaskParameterStatement, ...] = ()
    broadcast: Stated[Broadcast] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelStatement:
    iri: str
    place: Place
    path: Stated[str] | None = None
    messages: tuple[Stated[str], ...] = ()
    history: Stated[int] | None = None
    presence: Stated[bool] | None = None
    max_message_bytes: Stated[int] | None = None
    rate_per_second: Stated[Decimal] | None = None
    streams: Stated[str] | None = None
    subscribe: tuple[Stated[str], ...] | None = None
    publish: tuple[Stated[str], ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStatement:
    iri: str
    place: Place
    name: Stated[str] | None = None
    description: Stated[str] | None = None
    version: Stated[str] | None = None
    base_iri: Stated[str] | None = None
    expose: Stated[bool] | None = None
    mutations: Stated[bool] | None = None
    subscriptions: Stated[bool] | None = None
    max_depth: Stated[int] | None = None
    max_aliases: Stated[int] | None = None
    max_tokens: Stated[int] | None = None
    max_cost: Stated[int] | None = None
    trusted_documents: Stated[bool] | None = None
    issuer: Stated[str] | None = None
    audience: Stated[str] | None = None
    jwks: Stated[str] | None = None
    algorithms: tuple[Stated[str], ...] = ()
    accounts: Stated[bool] | None = None
    subscribe: tuple[Stated[str], ...] | None = None
    publish: tuple[Stated[str], ...] | None = None
    send: tuple[Stated[str], ...] | None = None
    permissions: tuple[PermissionStatement, ...] = ()

    @property
    def asks_for_tokens(self) -> bool:
        stated = self.issuer or self.audience or self.jwks or self.algorithms
        return bool(stated) or self.has_accounts

    @property
    def has_accounts(self) -> bool:
        return is_true(self.accounts)


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolStatement:
    """`kind` is what its driver is for."""

    iri: str
    place: Place
    kind: Stated[SourceKind] | None = None
    min_connections: Stated[int] | None = None
    max_connections: Stated[int] | None = None
    timeout: Stated[Decimal] | None = None
    command_timeout: Stated[Decimal] | None = None
    max_idle: Stated[Decimal] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerStatement:
    iri: str
    place: Place
    library: Stated[str] | None = None
    fail_max: Stated[int] | None = None
    reset_timeout: Stated[Decimal] | None = None
    timeout: Stated[Decimal] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryStatement:
    iri: str
    place: Place
    attempts: Stated[int] | None = None
    min_wait: Stated[Decimal] | None = None
    max_wait: Stated[Decimal] | None = None
    multiplier: Stated[Decimal] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheStatement:
    iri: str
    place: Place
    backend: Stated[CacheBackend] | None = None
    serializer: Stated[Serializer] | None = None
    namespace: Stated[str] | None = None
    ttl: Stated[Decimal] | None = None
    stale_for: Stated[Decimal] | None = None
    negative_ttl: Stated[Decimal] | None = None
    local_ttl: Stated[Decimal] | None = None

    @property
    def in_redis(self) -> bool:
        return value_of(self.backend) is not CacheBackend.MEMORY


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatement:
    """A data source; what configures it is stated by IRI."""

    iri: str
    place: Place
    kind: Stated[SourceKind] | None = None
    url: Stated[str] | None = None
    database: Stated[str] | None = None
    pool: Stated[str] | None = None
    breaker: Stated[str] | None = None
    retry: Stated[str] | None = None
    cache: Stated[str] | None = None

    def is_of(self, kind: SourceKind) -> bool:
        return value_of(self.kind) is kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """Sorted by IRI. `read` are the nodes that were read, also those that were reported."""

    entities: Mapping[str, EntityStatement] = field(default_factory=dict)
    relationships: tuple[RelationshipStatement, ...] = ()
    endpoints: tuple[EndpointStatement, ...] = ()
    services: tuple[ServiceStatement, ...] = ()
    sources: Mapping[str, SourceStatement] = field(default_factory=dict)
    caches: Mapping[str, CacheStatement] = field(default_factory=dict)
    pools: Mapping[str, PoolStatement] = field(default_factory=dict)
    breakers: Mapping[str, BreakerStatement] = field(default_factory=dict)
    retries: Mapping[str, RetryStatement] = field(default_factory=dict)
    tasks: tuple[TaskStatement, ...] = ()
    channels: tuple[ChannelStatement, ...] = ()
    messages: Mapping[str, MessageStatement] = field(default_factory=dict)
    read: frozenset[str] = frozenset()
