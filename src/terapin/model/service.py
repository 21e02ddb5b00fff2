"""What an ontology says, as frozen data: the one thing that every layer reads.

Names are final here: `class_name`, `module`, `table`, `attribute` and `column` are valid and unique in
the place where they will stand (see `naming`). References between parts are by IRI.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from .access import Access, Permissions, Rules
from .channels import Channel, Message
from .graphql import Graphql
from .place import Place
from .sources import DATABASE, Cache, DataSource
from .tasks import Task
from .types import Cascade, FieldType, Kind, Loading, ParameterIn

Scalar = str | int | Decimal | bool

# The tables of core that a database has.
CORE_TABLES = (
    "idempotency_keys",
    "task_runs",
    "revoked_tokens",
    "api_keys",
    "auth_accounts",
    "auth_refresh_tokens",
    "auth_mail_tokens",
    "auth_limits",
)
TASK_TABLE = "task_runs"
ACCESS_TABLES = ("revoked_tokens", "api_keys")
ACCOUNT_TABLES = ("auth_accounts", "auth_refresh_tokens", "auth_mail_tokens", "auth_limits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """The default `"now"` of a Date, Time or DateTime: set by the database when the row is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A scalar field of an entity; foreign key columns the ontology left out are among them (`made`).

    `name` is the JSON key, `iri` the identity under which names are pinned (the entity's IRI, a space, the name).
    `formerly` is the name that it had. `default` holds a value of the type's Python kind (numbers as int or Decimal, dates, times, intervals and
    UUIDs as validated text, JSON as its text). `read_by` and `update_by` are None where whoever may read or change the
    row may read or change the field.
    """

    iri: str
    name: str
    attribute: str
    column: str
    type: FieldType
    place: Place
    description: str | None = None
    primary_key: bool = False
    unique: bool = False
    nullable: bool = False
    index: bool = False
    secret: bool = False
    read_only: bool = False
    write_only: bool = False
    default: Scalar | Now | None = None
    length: int | None = None
    min_length: int | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    exclusive_minimum: Decimal | None = None
    exclusive_maximum: Decimal | None = None
    pattern: str | None = None
    precision: int | None = None
    scale: int | None = None
    values: tuple[str, ...] = ()
    foreign_key: ForeignKey | None = None
    made: bool = False
    formerly: str | None = None
    read_by: Rules | None = None
    update_by: Rules | None = None

    @property
    def required(self) -> bool:
        """Must be given on create."""
        return not self.nullable and self.default is None and not self.generated

    @property
    def generated(self) -> bool:
        """A key that the service (UUID) or the database (integers) makes."""
        return (
            self.primary_key
            and self.foreign_key is None
            and self.type in (FieldType.UUID, FieldType.INTEGER, FieldType.BIG_INTEGER)
        )

    @property
    def creatable(self) -> bool:
        """May be given on create."""
        return not self.read_only and not self.generated

    @property
    def updatable(self) -> bool:
        return not self.read_only and not self.primary_key

    @property
    def nullable_in_answers(self) -> bool:
        return self.nullable or self.read_by is not None

    @property
    def hidden(self) -> bool:
        """Never in an answer, a filter, a sort or a log."""
        return self.secret or self.write_only


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKey:
    """`deferred` is true for a key that closes a cycle of tables: its constraint is added after both exist.

    `constrained` is false where no database holds the constraint: between two sources, and on MongoDB.
    """

    entity: str
    cascade: Cascade
    relationship: str
    deferred: bool = False
    constrained: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinTable:
    """The table of a many-to-many relationship: two foreign keys that are its primary key together.

    `left` refers to the entity of `rel:from`, `right` to that of `rel:to`.
    """

    table: str
    variable: str
    left: str
    left_column: str
    right: str
    right_column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SortTerm:
    field: str
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """One end of a relationship: both entities have one, each naming the other's in `inverse` (an attribute).

    `foreign_key` is the attribute of the foreign key on the end that has it (`holds_key`), None on the other;
    many-to-many has `join_table` instead. `nullable` speaks of the foreign key. `formerly` is the IRI that it had.
    """

    iri: str
    name: str
    attribute: str
    kind: Kind
    target: str
    inverse: str
    place: Place
    holds_key: bool = False
    foreign_key: str | None = None
    join_table: JoinTable | None = None
    cascade: Cascade = Cascade.RESTRICT
    loading: Loading = Loading.RAISE
    nullable: bool = False
    order_by: tuple[SortTerm, ...] = ()
    formerly: str | None = None

    @property
    def many(self) -> bool:
        return self.kind in (Kind.ONE_TO_MANY, Kind.MANY_TO_MANY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """`table` is also its path in the REST API; `variable` names its resource (`users`).

    `unique_together` and `indexes` hold attributes. `data_source` is the name of the source on MongoDB that the entity
    lives in as a document, None for the relational database; `cache` that of its cache strategy, also where it is the
    default of its source. `formerly` is the IRI that it had. `permissions` are None where nothing in the service says
    who may do what.
    """

    iri: str
    place: Place
    class_name: str
    module: str
    variable: str
    table: str
    fields: tuple[Field, ...]
    relationships: tuple[Relationship, ...] = ()
    description: str | None = None
    unique_together: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    data_source: str | None = None
    cache: str | None = None
    formerly: str | None = None
    permissions: Permissions | None = None

    @property
    def is_document(self) -> bool:
        return self.data_source is not None

    @property
    def key(self) -> Field:
        return next(field for field in self.fields if field.primary_key)

    def field(self, attribute: str) -> Field:
        return next(field for field in self.fields if field.attribute == attribute)

    def relationship(self, attribute: str) -> Relationship:
        return next(end for end in self.relationships if end.attribute == attribute)


# By IRI.
Entities = Mapping[str, Entity]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    name: str
    attribute: str
    type: FieldType
    location: ParameterIn
    required: bool = True
    default: Scalar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A route the ontology declares: `operation` is its Python name and module, `operation_id` as it said it.

    `response` is an entity's IRI, a scalar type, or None for an empty answer.
    """

    iri: str
    place: Place
    method: str
    path: str
    operation_id: str
    operation: str
    description: str | None = None
    parameters: tuple[Parameter, ...] = ()
    response: str | FieldType | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceModel:
    """The root. What it holds is sorted by IRI, so that order in a file means nothing.

    `entities` keeps every entity reachable by its IRI. `data_sources` begin with the database, if there is one, and
    end with the source that is made for caches. `core_tables` are those of core that the database has: a model that was
    kept without them had the first one. `graphql` is None where there is none, `access` where nobody is asked who it is.
    """

    name: str
    version: str
    entities: Entities
    endpoints: tuple[Endpoint, ...] = ()
    description: str | None = None
    base_iri: str | None = None
    data_sources: tuple[DataSource, ...] = ()
    caches: tuple[Cache, ...] = ()
    core_tables: tuple[str, ...] = ("idempotency_keys",)
    graphql: Graphql | None = None
    tasks: tuple[Task, ...] = ()
    access: Access | None = None
    channels: tuple[Channel, ...] = ()
    messages: tuple[Message, ...] = ()

    @property
    def documents(self) -> tuple[Entity, ...]:
        return tuple(each for each in self.entities.values() if each.is_document)

    @property
    def has_accounts(self) -> bool:
        return self.access is not None and self.access.accounts

    @property
    def has_subscriptions(self) -> bool:
        shown = self.graphql.entities.values() if self.graphql else ()
        return any(each.subscriptions for each in shown)

    @property
    def is_realtime(self) -> bool:
        """Whether there are sockets."""
        return bool(self.channels) or self.has_subscriptions

    @property
    def has_permissions(self) -> bool:
        return any(each.permissions for each in self.entities.values())

    def around(self, entity: Entity) -> Entities:
        """The entity, and those that it refers to."""
        keys = (field.foreign_key.entity for field in entity.fields if field.foreign_key)
        ends = (end.target for end in entity.relationships)
        return {iri: self.entities[iri] for iri in (entity.iri, *keys, *ends)}

    @property
    def database(self) -> DataSource | None:
        """The relational one that entities live in, or could."""
        return next((each for each in self.data_sources if each.name == DATABASE), None)

    @property
    def join_tables(self) -> tuple[JoinTable, ...]:
        tables = {
            end.join_table.table: end.join_table
            for entity in self.entities.values()
            for end in entity.relationships
            if end.join_table
        }
        return tuple(tables[name] for name in sorted(tables))
