from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...model import Entity, Field, FieldType, JoinTable, ServiceModel
from ...model.cycles import creation_order
from ..database import column_names, index_name, indexes, on_delete
from ..python import call, literal
from ..types import NOW, SPELLINGS


@dataclass(frozen=True, slots=True)
class IndexView:
    name: str
    columns: str


@dataclass(frozen=True, slots=True)
class TableView:
    """`items` are the arguments of `op.create_table` after the name."""

    name: str
    items: tuple[str, ...]
    indexes: tuple[IndexView, ...]


@dataclass(frozen=True, slots=True)
class RevisionView:
    """`tables` in an order in which each refers to earlier ones only; `deferred` adds the foreign keys that cannot."""

    tables: tuple[TableView, ...]
    deferred: tuple[str, ...]
    dropped: tuple[str, ...]


def revision_view(model: ServiceModel) -> RevisionView:
    ordered = creation_order(model)
    tables = (
        *(_table(model, entity) for entity in ordered),
        *(_join_table(model, table) for table in model.join_tables),
    )
    deferred = [
        (entity, field)
        for entity in ordered
        for field in entity.fields
        if field.foreign_key and field.foreign_key.deferred
    ]
    return RevisionView(
        tables=tables,
        deferred=tuple(_add_foreign_key(model, entity, field) for entity, field in deferred),
        dropped=tuple(_drop_foreign_key(model, entity, field) for entity, field in deferred),
    )


def _table(model: ServiceModel, entity: Entity) -> TableView:
    items = [
        *(_column(field) for field in entity.fields),
        'sa.Column("row_version", sa.Integer(), server_default="1", nullable=False)',
        *_checks(entity),
        *_foreign_keys(model, entity),
        call(
            "sa.PrimaryKeyConstraint",
            [literal(entity.key.column), _named(f"pk_{entity.table}")],
        ),
        *_uniques(entity),
    ]
    return TableView(
        entity.table,
        tuple(items),
        tuple(
            IndexView(index_name(entity, columns), _list(columns)) for columns in indexes(entity)
        ),
    )


_COLUMN_TYPES = {
    FieldType.UUID: "sa.Uuid()",
    FieldType.INTEGER: "sa.Integer()",
    FieldType.BOOLEAN: "sa.Boolean()",
    FieldType.DATE: "sa.Date()",
    FieldType.TIME: "sa.Time()",
    FieldType.DATE_TIME: "sa.DateTime(timezone=True)",
    FieldType.INTERVAL: "sa.Interval()",
    FieldType.BINARY: "sa.LargeBinary()",
    FieldType.JSON: "postgresql.JSONB()",
    FieldType.ENUM: "sa.String(length=255)",
    FieldType.EMAIL: "sa.String(length=255)",
    FieldType.URL: "sa.Text()",
    FieldType.PHONE: "sa.String(length=20)",
    FieldType.CURRENCY: "sa.String(length=3)",
    FieldType.COUNTRY: "sa.String(length=2)",
    FieldType.IP_ADDRESS: "sa.String(length=50)",
    FieldType.COLOR: "sa.String(length=20)",
    FieldType.TIMEZONE: "sa.String(length=50)",
}


def _column_type(field: Field) -> str:
    if field.type in _COLUMN_TYPES:
        return _COLUMN_TYPES[field.type]
    spelling = SPELLINGS[field.type].column or ""
    filled = spelling.format(length=field.length, precision=field.precision, scale=field.scale)
    return f"sa.{filled}" if filled.endswith(")") else f"sa.{filled}()"


def _column(field: Field) -> str:
    arguments = [literal(field.column), _column_type(field)]
    if field.generated and field.type is not FieldType.UUID:
        arguments.append("sa.Identity()")
    if field.type in NOW and field.default is not None and not isinstance(field.default, str):
        arguments.append(f"server_default=sa.func.{NOW[field.type]}()")
    return call("sa.Column", [*arguments, f"nullable={field.nullable}"])


def _checks(entity: Entity) -> Iterable[str]:
    for field in entity.fields:
        if field.type is FieldType.ENUM:
            allowed = ", ".join(f"{_sql_text(value)}" for value in field.values)
            condition = f"{_sql_name(field.column)} IN ({allowed})"
            yield call(
                "sa.CheckConstraint",
                [literal(condition), _named(f"ck_{entity.table}_{field.column}")],
            )


def _sql_text(value: str) -> str:
    """A literal, its colons escaped because SQLAlchemy reads `:name` as a parameter."""
    return "'" + value.replace("'", "''").replace(":", "\\:") + "'"


def _sql_name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _foreign_keys(model: ServiceModel, entity: Entity) -> Iterable[str]:
    for field in entity.fields:
        key = field.foreign_key
        if key is None or key.deferred:
            continue
        target = model.entities[key.entity]
        yield call(
            "sa.ForeignKeyConstraint",
            [
                _list((field.column,)),
                f"[{literal(f'{target.table}.{target.key.column}')}]",
                _named(_foreign_key_name(entity.table, field.column, target)),
                f'ondelete="{on_delete(key)}"',
            ],
        )


def _foreign_key_name(table: str, column: str, target: Entity) -> str:
    return f"fk_{table}_{column}_{target.table}"


def _uniques(entity: Entity) -> Iterable[str]:
    single = [(field.column,) for field in entity.fields if field.unique and not field.primary_key]
    together = [column_names(entity, attributes) for attributes in entity.unique_together]
    for columns in (*single, *together):
        yield call(
            "sa.UniqueConstraint",
            [*map(literal, columns), _named("_".join(["uq", entity.table, *columns]))],
        )


def _join_table(model: ServiceModel, table: JoinTable) -> TableView:
    ends = (
        (model.entities[table.left], table.left_column),
        (model.entities[table.right], table.right_column),
    )
    items = [
        *(
            call("sa.Column", [literal(column), _column_type(entity.key), "nullable=False"])
            for entity, column in ends
        ),
        *(
            call(
                "sa.ForeignKeyConstraint",
                [
                    _list((column,)),
                    f"[{literal(f'{entity.table}.{entity.key.column}')}]",
                    _named(_foreign_key_name(table.table, column, entity)),
                    'ondelete="CASCADE"',
                ],
            )
            for entity, column in ends
        ),
        call(
            "sa.PrimaryKeyConstraint",
            [literal(table.left_column), literal(table.right_column), _named(f"pk_{table.table}")],
        ),
    ]
    columns = _list((table.right_column, table.left_column))
    index = IndexView(index_name(table, (table.right_column,)), columns)
    return TableView(table.table, tuple(items), (index,))


def _add_foreign_key(model: ServiceModel, entity: Entity, field: Field) -> str:
    key = field.foreign_key
    assert key is not None
    target = model.entities[key.entity]
    return call(
        "op.create_foreign_key",
        [
            f"op.f({literal(_foreign_key_name(entity.table, field.column, target))})",
            literal(entity.table),
            literal(target.table),
            _list((field.column,)),
            _list((target.key.column,)),
            f'ondelete="{on_delete(key)}"',
        ],
    )


def _drop_foreign_key(model: ServiceModel, entity: Entity, field: Field) -> str:
    assert field.foreign_key is not None
    target = model.entities[field.foreign_key.entity]
    name = _foreign_key_name(entity.table, field.column, target)
    return call(
        "op.drop_constraint",
        [f"op.f({literal(name)})", literal(entity.table), 'type_="foreignkey"'],
    )


def _list(names: Iterable[str]) -> str:
    return f"[{', '.join(map(literal, names))}]"


def _named(name: str) -> str:
    return f"name=op.f({literal(name)})"
