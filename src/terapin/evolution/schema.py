"""The tables of a model as the database has them. Names are final, and each thing knows what it comes from."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..layers.database import (
    MAX_NAME,
    column_names,
    constraint_name,
    index_name,
    indexes,
    on_delete,
)
from ..model import (
    TASK_TABLE,
    Entity,
    Field,
    FieldType,
    Now,
    Relationship,
    ServiceModel,
)
from ..model.cycles import creation_order
from .types import SqlType, sql_type


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`default` is what the database gives, `fill` what rows get that are there before the column is.

    Both are text, as a literal of any type is in PostgreSQL. `source` is None for columns of core.
    """

    name: str
    type: SqlType
    nullable: bool = False
    identity: bool = False
    default: str | Now | None = None
    fill: str | None = dataclasses.field(default=None, compare=False)
    source: Field | None = dataclasses.field(default=None, compare=False, repr=False)

    @property
    def unfilled(self) -> bool:
        """Whether nothing says what rows get that are there before the column is, and they need a value."""
        given = self.nullable or self.identity or self.default is not None
        return not given and self.fill is None


@dataclass(frozen=True, slots=True)
class PrimaryKey:
    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unique:
    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """That a column has one of some values."""

    name: str
    column: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`type` is that of both columns. A `deferred` key is made when all tables are there."""

    name: str
    column: str
    table: str
    key: str
    on_delete: str
    type: str
    deferred: bool = dataclasses.field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Index:
    """`where` are the rows that it has, as SQL; all of them without it."""

    name: str
    columns: tuple[str, ...]
    where: str | None = None


Constraint = PrimaryKey | Unique | Check | ForeignKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`source` is the many-to-many relationship of a join table, and None for a table of core."""

    name: str
    columns: tuple[Column, ...]
    constraints: tuple[Constraint, ...]
    indexes: tuple[Index, ...] = ()
    source: Entity | Relationship | None = dataclasses.field(
        default=None, compare=False, repr=False
    )


@dataclass(frozen=True, slots=True)
class Schema:
    """Tables in an order in which each refers to earlier ones only, but for deferred keys.

    `collections` are those of entities on MongoDB, of which columns are told alone: no migration makes them.
    """

    tables: tuple[Table, ...] = ()
    collections: tuple[Table, ...] = ()


ROW_VERSION = Column(name="row_version", type=SqlType("Integer"), default="1")
IDEMPOTENCY_KEYS = Table(
    name="idempotency_keys",
    columns=(
        Column(name="principal", type=SqlType("String", (255,))),
        Column(name="key", type=SqlType("String", (255,))),
        Column(name="fingerprint", type=SqlType("LargeBinary")),
        Column(name="status", type=SqlType("Integer"), nullable=True),
        Column(name="answer", type=SqlType("LargeBinary"), nullable=True),
        Column(name="headers", type=SqlType("JSONB"), nullable=True),
        Column(name="created_at", type=SqlType("DateTime"), default=Now()),
    ),
    constraints=(PrimaryKey("pk_idempotency_keys", ("principal", "key")),),
    indexes=(Index("ix_idempotency_keys_created_at", ("created_at",)),),
)
TASK_RUNS = Table(
    name=TASK_TABLE,
    columns=(
        Column(name="id", type=SqlType("Uuid")),
        Column(name="name", type=SqlType("String", (255,))),
        Column(name="parameters", type=SqlType("JSONB")),
        Column(name="state", type=SqlType("String", (16,))),
        Column(name="attempts", type=SqlType("Integer"), default="0"),
        Column(name="messages", type=SqlType("Integer"), default="0"),
        Column(name="awaits", type=SqlType("Integer"), default="0"),
        Column(name="then_id", type=SqlType("Uuid"), nullable=True),
        Column(name="unique_key", type=SqlType("String", (64,)), nullable=True),
        Column(name="sender", type=SqlType("String", (255,)), nullable=True),
        Column(name="worker", type=SqlType("String", (255,)), nullable=True),
        Column(name="error", type=SqlType("Text"), nullable=True),
        Column(name="steps", type=SqlType("JSONB"), default="{}"),
        Column(name="created_at", type=SqlType("DateTime"), default=Now()),
        Column(name="due_at", type=SqlType("DateTime"), default=Now()),
        Column(name="next_at", type=SqlType("DateTime"), nullable=True),
        Column(name="started_at", type=SqlType("DateTime"), nullable=True),
        Column(name="ended_at", type=SqlType("DateTime"), nullable=True),
    ),
    constraints=(PrimaryKey("pk_task_runs", ("id",)),),
    indexes=(
        Index("ix_task_runs_next_at", ("next_at",), "next_at IS NOT NULL"),
        Index("ix_task_runs_state_ended_at", ("state", "ended_at")),
        Index("ix_task_runs_name_started_at", ("name", "started_at")),
        Index(
            "ix_task_runs_unique_key_created_at",
            ("unique_key", "created_at"),
            "unique_key IS NOT NULL",
        ),
    ),
)
REVOKED_TOKENS = Table(
    name="revoked_tokens",
    columns=(
        Column(name="kind", type=SqlType("String", (8,))),
        Column(name="name", type=SqlType("String", (255,))),
        Column(name="revoked_at", type=SqlType("DateTime")),
        Column(name="until", type=SqlType("DateTime")),
    ),
    constraints=(PrimaryKey("pk_revoked_tokens", ("kind", "name")),),
    indexes=(
        Index("ix_revoked_tokens_revoked_at", ("revoked_at",)),
        Index("ix_revoked_tokens_until", ("until",)),
    ),
)
API_KEYS = Table(
    name="api_keys",
    columns=(
        Column(name="id", type=SqlType("Uuid")),
        Column(name="digest", type=SqlType("LargeBinary")),
        Column(name="subject", type=SqlType("String", (255,))),
        Column(name="roles", type=SqlType("JSONB")),
        Column(name="tenant", type=SqlType("String", (255,)), nullable=True),
        Column(name="created_at", type=SqlType("DateTime"), default=Now()),
        Column(name="changed_at", type=SqlType("DateTime"), default=Now()),
        Column(name="expires_at", type=SqlType("DateTime"), nullable=True),
        Column(name="revoked_at", type=SqlType("DateTime"), nullable=True),
        Column(name="last_used_at", type=SqlType("DateTime"), nullable=True),
    ),
    constraints=(
        PrimaryKey("pk_api_keys", ("id",)),
        Unique("uq_api_keys_digest", ("digest",)),
    ),
    indexes=(Index("ix_api_keys_changed_at", ("changed_at",)),),
)
ACCOUNTS = (
    Table(
        name="auth_accounts",
        columns=(
            Column(name="id", type=SqlType("Uuid")),
            Column(name="email", type=SqlType("String", (320,))),
            Column(name="password_hash", type=SqlType("Text")),
            Column(name="roles", type=SqlType("JSONB")),
            Column(name="tenant", type=SqlType("String", (255,)), nullable=True),
            Column(name="created_at", type=SqlType("DateTime"), default=Now()),
            Column(name="verified_at", type=SqlType("DateTime"), nullable=True),
            Column(name="disabled_at", type=SqlType("DateTime"), nullable=True),
        ),
        constraints=(
            PrimaryKey("pk_auth_accounts", ("id",)),
            Unique("uq_auth_accounts_email", ("email",)),
        ),
    ),
    Table(
        name="auth_refresh_tokens",
        columns=(
            Column(name="digest", type=SqlType("LargeBinary")),
            Column(name="account_id", type=SqlType("Uuid")),
            Column(name="family", type=SqlType("Uuid")),
            Column(name="created_at", type=SqlType("DateTime")),
            Column(name="expires_at", type=SqlType("DateTime")),
            Column(name="used_at", type=SqlType("DateTime"), nullable=True),
            Column(name="access_id", type=SqlType("Uuid")),
            Column(name="access_expires_at", type=SqlType("DateTime")),
        ),
        constraints=(PrimaryKey("pk_auth_refresh_tokens", ("digest",)),),
        indexes=(
            Index("ix_auth_refresh_tokens_family", ("family",)),
            Index("ix_auth_refresh_tokens_expires_at", ("expires_at",)),
        ),
    ),
    Table(
        name="auth_mail_tokens",
        columns=(
            Column(name="digest", type=SqlType("LargeBinary")),
            Column(name="account_id", type=SqlType("Uuid")),
            Column(name="purpose", type=SqlType("String", (8,))),
            Column(name="password_hash", type=SqlType("Text"), nullable=True),
            Column(name="expires_at", type=SqlType("DateTime")),
        ),
        constraints=(PrimaryKey("pk_auth_mail_tokens", ("digest",)),),
        indexes=(
            Index("ix_auth_mail_tokens_account_id", ("account_id",)),
            Index("ix_auth_mail_tokens_expires_at", ("expires_at",)),
        ),
    ),
    Table(
        name="auth_limits",
        columns=(
            Column(name="name", type=SqlType("String", (255,))),
            Column(name="until", type=SqlType("DateTime")),
        ),
        constraints=(PrimaryKey("pk_auth_limits", ("name",)),),
        indexes=(Index("ix_auth_limits_until", ("until",)),),
    ),
)
CORE_TABLES: Mapping[str, Table] = {
    each.name: each for each in (IDEMPOTENCY_KEYS, TASK_RUNS, REVOKED_TOKENS, API_KEYS, *ACCOUNTS)
}


def schema_of(model: ServiceModel, known: Mapping[str, Table] | None = None) -> Schema:
    """`known` are tables of entities that need not be made, by IRI."""
    known = known or {}
    joining = {
        end.join_table.table: end
        for entity in model.entities.values()
        for end in entity.relationships
        if end.join_table
    }
    return Schema(
        (
            *(
                known.get(entity.iri) or _entity_table(model, entity)
                for entity in creation_order(model)
            ),
            *(_join_table(model, joining[name]) for name in sorted(joining)),
            *(CORE_TABLES[name] for name in model.core_tables),
        ),
        tuple(map(_collection, model.documents)),
    )


def sequence_name(table: str, column: str) -> str:
    """What PostgreSQL calls the sequence of an identity column: the longer name is cut first."""
    room = MAX_NAME - len("__seq")
    while len(table) + len(column) > room:
        table, column = (table[:-1], column) if len(table) > len(column) else (table, column[:-1])
    return f"{table}_{column}_seq"


def _entity_table(model: ServiceModel, entity: Entity) -> Table:
    return Table(
        name=entity.table,
        columns=(*map(_column, entity.fields), ROW_VERSION),
        constraints=(
            *_checks(entity),
            *_foreign_keys(model, entity),
            PrimaryKey(constraint_name("pk", entity.table), (entity.key.column,)),
            *_uniques(entity),
        ),
        indexes=tuple(Index(index_name(entity, names), names) for names in indexes(entity)),
        source=entity,
    )


def _collection(entity: Entity) -> Table:
    return Table(
        name=entity.table,
        columns=tuple(map(_column, entity.fields)),
        constraints=(),
        source=entity,
    )


def _column(field: Field) -> Column:
    return Column(
        name=field.column,
        type=sql_type(field),
        nullable=field.nullable,
        identity=field.generated and field.type is not FieldType.UUID,
        default=field.default if isinstance(field.default, Now) else None,
        fill=_fill(field),
        source=field,
    )


def _fill(field: Field) -> str | None:
    if field.default is None or isinstance(field.default, Now):
        return None
    if isinstance(field.default, bool):
        return str(field.default).lower()
    return f"{field.default:f}" if isinstance(field.default, Decimal) else str(field.default)


def _checks(entity: Entity) -> Iterable[Check]:
    for field in entity.fields:
        if field.type is FieldType.ENUM:
            name = constraint_name("ck", entity.table, field.column)
            yield Check(name, field.column, field.values)


def _foreign_keys(model: ServiceModel, entity: Entity) -> Iterable[ForeignKey]:
    for field in entity.fields:
        key = field.foreign_key
        if key is not None and key.constrained:
            target = model.entities[key.entity]
            yield ForeignKey(
                constraint_name("fk", entity.table, field.column, target.table),
                field.column,
                target.table,
                target.key.column,
                on_delete(key),
                sql_type(field).name,
                key.deferred,
            )


def _uniques(entity: Entity) -> Iterable[Unique]:
    single = [(field.column,) for field in entity.fields if field.unique and not field.primary_key]
    together = [column_names(entity, attributes) for attributes in entity.unique_together]
    for columns in (*single, *together):
        yield Unique(constraint_name("uq", entity.table, *columns), columns)


def _join_table(model: ServiceModel, relationship: Relationship) -> Table:
    join = relationship.join_table
    assert join is not None
    ends = (
        (join.left_column, model.entities[join.left]),
        (join.right_column, model.entities[join.right]),
    )
    back = (join.right_column, join.left_column)
    return Table(
        name=join.table,
        columns=tuple(Column(name=name, type=sql_type(entity.key)) for name, entity in ends),
        constraints=(
            *(
                ForeignKey(
                    constraint_name("fk", join.table, name, entity.table),
                    name,
                    entity.table,
                    entity.key.column,
                    "CASCADE",
                    sql_type(entity.key).name,
                )
                for name, entity in ends
            ),
            PrimaryKey(constraint_name("pk", join.table), (join.left_column, join.right_column)),
        ),
        indexes=(Index(index_name(join, (join.right_column,)), back),),
        source=relationship,
    )
