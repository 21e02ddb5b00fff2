from __future__ import annotations

from dataclasses import dataclass

from ...model import (
    ACCESS_TABLES,
    ACCOUNT_TABLES,
    TASK_TABLE,
    Cascade,
    Entities,
    Entity,
    Field,
    FieldType,
    ForeignKey,
    Kind,
    Loading,
    Now,
    Relationship,
    ServiceModel,
)
from ..database import column_names, foreign_key_arguments, index_name, indexes
from ..python import Imports, call, export_order, literal
from ..types import NOW, default_literal, enum_members, enum_name, import_spelling
from .relations import reference, related


@dataclass(frozen=True, slots=True)
class EnumView:
    name: str
    members: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Attribute:
    """`value` is None where the annotation says everything."""

    name: str
    annotation: str
    value: str | None


@dataclass(frozen=True, slots=True)
class ModelView:
    imports: str
    type_checking: str
    enums: tuple[EnumView, ...]
    class_name: str
    description: str | None
    table: str
    table_args: tuple[str, ...]
    columns: tuple[Attribute, ...]
    relationships: tuple[Attribute, ...]


@dataclass(frozen=True, slots=True)
class JoinTableView:
    variable: str
    table: str
    columns: tuple[str, ...]
    index: str


@dataclass(frozen=True, slots=True)
class JoinTablesView:
    imports: str
    tables: tuple[JoinTableView, ...]


@dataclass(frozen=True, slots=True)
class ModelsView:
    imports: str
    names: tuple[str, ...]


def model_view(entities: Entities, entity: Entity) -> ModelView:
    imports, type_checking = Imports(), Imports()
    imports.name("__future__", "annotations")
    imports.name("sqlalchemy.orm", "Mapped", "mapped_column")
    imports.name("..core.database", "Base")
    columns = tuple(_column(entities, entity, field, imports) for field in entity.fields)
    relationships = tuple(
        _relationship(entities, entity, end, imports, type_checking) for end in entity.relationships
    )
    table_args = _table_args(entity, imports)
    enums = enum_views(entity, imports)
    if enums:
        imports.name("..core.database", "text_enum")
    if not type_checking.empty:
        imports.name("typing", "TYPE_CHECKING")
    return ModelView(
        imports=imports.render(),
        type_checking=type_checking.render(),
        enums=enums,
        class_name=entity.class_name,
        description=entity.description,
        table=entity.table,
        table_args=table_args,
        columns=columns,
        relationships=relationships,
    )


def enum_views(entity: Entity, imports: Imports) -> tuple[EnumView, ...]:
    enums = tuple(
        EnumView(enum_name(entity, field), enum_members(field.values))
        for field in entity.fields
        if field.type is FieldType.ENUM
    )
    if enums:
        imports.name("enum", "StrEnum")
    return enums


def _column(entities: Entities, entity: Entity, field: Field, imports: Imports) -> Attribute:
    spelling = import_spelling(field, imports)
    annotation = _filled(spelling.annotation, entity, field)
    arguments: list[str] = []
    if field.column != field.attribute:
        arguments.append(literal(field.column))
    if spelling.column is not None:
        arguments.append(_filled(spelling.column, entity, field))
    if field.foreign_key is not None:
        arguments.append(_foreign_key(entities, field.foreign_key, imports))
    if field.generated and field.type is not FieldType.UUID:
        imports.name("sqlalchemy", "Identity")
        arguments.append("Identity()")
    if field.primary_key:
        arguments.append("primary_key=True")
    elif field.unique:
        arguments.append("unique=True")
    if field.type is FieldType.JSON:
        arguments.append(f"nullable={field.nullable}")
    arguments.extend(_default(entity, field, imports))
    return Attribute(
        field.attribute,
        f"Mapped[{annotation}{' | None' if field.nullable else ''}]",
        call("mapped_column", arguments) if arguments else None,
    )


def _foreign_key(entities: Entities, key: ForeignKey, imports: Imports) -> str:
    if not key.constrained:
        return f'info={{"reference": {reference(entities, key, imports)}}}'
    imports.name("sqlalchemy", "ForeignKey")
    target = entities[key.entity]
    column = literal(f"{target.table}.{target.key.column}")
    return call("ForeignKey", [column, *foreign_key_arguments(key)])


def _filled(spelling: str, entity: Entity, field: Field) -> str:
    if "{" not in spelling:
        return spelling
    return spelling.format(
        enum=enum_name(entity, field),
        length=field.length,
        precision=field.precision,
        scale=field.scale,
    )


def _default(entity: Entity, field: Field, imports: Imports) -> list[str]:
    if field.generated and field.type is FieldType.UUID:
        imports.name("uuid", "uuid4")
        return ["default=uuid4"]
    if isinstance(field.default, Now):
        imports.name("sqlalchemy", "func")
        return [f"server_default=func.{NOW[field.type]}()"]
    if field.default is None:
        return []
    value = default_literal(entity, field, imports)
    shared = field.type is FieldType.JSON and value[0] in "[{"
    return [f"default=lambda: {value}" if shared else f"default={value}"]


def _table_args(entity: Entity, imports: Imports) -> tuple[str, ...]:
    uniques = [
        call("UniqueConstraint", map(literal, column_names(entity, attributes)))
        for attributes in entity.unique_together
    ]
    plain = [
        call("Index", map(literal, (index_name(entity, columns), *columns)))
        for columns in indexes(entity)
    ]
    if uniques:
        imports.name("sqlalchemy", "UniqueConstraint")
    if plain:
        imports.name("sqlalchemy", "Index")
    return (*uniques, *plain)


_LAZY = {Loading.EAGER: "selectin", Loading.LAZY: "select", Loading.RAISE: "raise"}


def _relationship(
    entities: Entities, entity: Entity, end: Relationship, imports: Imports, type_checking: Imports
) -> Attribute:
    target = entities[end.target]
    if target is not entity:
        type_checking.name(f".{target.module}", target.class_name)
    annotated = target_annotation(target, end)
    if target.is_document:
        imports.name("typing", "ClassVar")
        annotation, value = related(target, end, annotated, imports)
        return Attribute(end.attribute, f"ClassVar[{annotation}]", value)
    imports.name("sqlalchemy.orm", "relationship")
    arguments = [
        *_join(entities, entity, target, end, imports),
        f"back_populates={literal(end.inverse)}",
        *_deleting(end),
        *_ordering(target, end),
        f'lazy="{_LAZY[end.loading]}"',
    ]
    return Attribute(end.attribute, f"Mapped[{annotated}]", call("relationship", arguments))


def target_annotation(target: Entity, end: Relationship) -> str:
    if end.many:
        return f"list[{target.class_name}]"
    optional = end.nullable or not end.holds_key
    return f"{target.class_name} | None" if optional else target.class_name


def _join(
    entities: Entities, entity: Entity, target: Entity, end: Relationship, imports: Imports
) -> list[str]:
    """What SQLAlchemy cannot find out by itself: a join table, which of two foreign keys, which end of a tree."""
    if end.join_table is not None:
        imports.name(".", "join_tables")
        table = f"join_tables.{end.join_table.variable}"
        if target is not entity:
            return [f"secondary={table}"]
        here, there = end.join_table.left_column, end.join_table.right_column
        if end.attribute != _forward_attribute(entities, end):
            here, there = there, here
        key = f"{entity.class_name}.{entity.key.attribute}"
        return [
            f"secondary={table}",
            f"primaryjoin=lambda: {key} == {table}.c[{literal(here)}]",
            f"secondaryjoin=lambda: {key} == {table}.c[{literal(there)}]",
        ]
    holder, other = (entity, target) if end.holds_key else (target, entity)
    keys = {
        field.foreign_key.relationship: field.attribute
        for one, two in ((holder, other), (other, holder))
        for field in one.fields
        if field.foreign_key and field.foreign_key.entity == two.iri
    }
    join = []
    if len(keys) > 1:
        join.append(f'foreign_keys="{holder.class_name}.{keys[end.iri]}"')
    if end.holds_key and target is entity:
        join.append(f'remote_side="{entity.class_name}.{entity.key.attribute}"')
    return join


def _forward_attribute(entities: Entities, end: Relationship) -> str:
    """Of a many-to-many relationship of an entity with itself: the attribute of the end that the ontology states."""
    ends = [
        each
        for each in entities[end.target].relationships
        if each.iri == end.iri and each.join_table
    ]
    return ends[0].attribute


def _deleting(end: Relationship) -> list[str]:
    """The database does what the cascade says; SQLAlchemy neither loads nor empties a relationship for it."""
    if end.kind is Kind.MANY_TO_MANY:
        return ["passive_deletes=True"]
    if end.holds_key:
        return []
    if end.cascade is Cascade.DELETE:
        return ['cascade="all, delete-orphan"', "passive_deletes=True"]
    return ['passive_deletes="all"']


def _ordering(target: Entity, end: Relationship) -> list[str]:
    terms = [
        f"{target.class_name}.{term.field}{'.desc()' if term.descending else ''}"
        for term in end.order_by
    ]
    if not terms:
        return []
    return [f'order_by="{terms[0]}"' if len(terms) == 1 else f'order_by="[{", ".join(terms)}]"']


def join_tables_view(model: ServiceModel) -> JoinTablesView:
    imports = Imports()
    imports.name("__future__", "annotations")
    imports.name("sqlalchemy", "Column", "ForeignKey", "Index", "Table")
    imports.name("..core.database", "Base")
    tables = []
    for table in model.join_tables:
        left, right = model.entities[table.left], model.entities[table.right]
        ends = ((left, table.left_column), (right, table.right_column))
        tables.append(
            JoinTableView(
                variable=table.variable,
                table=table.table,
                columns=tuple(
                    f"Column({literal(column)}, ForeignKey({literal(f'{entity.table}.{entity.key.column}')}, "
                    f'ondelete="CASCADE"), primary_key=True)'
                    for entity, column in ends
                ),
                index=call(
                    "Index",
                    map(
                        literal,
                        (
                            index_name(table, (table.right_column,)),
                            table.right_column,
                            table.left_column,
                        ),
                    ),
                ),
            )
        )
    return JoinTablesView(imports.render(), tuple(tables))


def models_view(model: ServiceModel) -> ModelsView:
    imports = Imports()
    names = [entity.class_name for entity in model.entities.values()]
    for entity in model.entities.values():
        imports.name(f".{entity.module}", entity.class_name)
    if model.join_tables:
        imports.name(".", "join_tables")
        names.append("join_tables")
    if model.database:
        imports.name("..core.database", "Base")
        names.append("Base")
    if TASK_TABLE in model.core_tables:
        imports.name("..core.tasks.table", f"runs as {TASK_TABLE}")
        names.append(TASK_TABLE)
    for table, name in zip(ACCESS_TABLES, ("revoked", "keys"), strict=True):
        if table in model.core_tables:
            imports.name("..core.security.table", f"{name} as {table}")
            names.append(table)
    own = ("accounts", "refresh_tokens", "mail_tokens", "limits")
    for table, name in zip(ACCOUNT_TABLES, own, strict=True):
        if table in model.core_tables:
            imports.name("..core.accounts.table", f"{name} as {table}")
            names.append(table)
    return ModelsView(imports.render(), tuple(sorted(names, key=export_order)))
