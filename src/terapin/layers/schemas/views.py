from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ...model import Entity, Field, FieldType, Now
from ..python import Imports, call, literal
from ..types import SPELLINGS, default_literal, enum_name, model_default


@dataclass(frozen=True, slots=True)
class FieldView:
    """`default` is None for what must be given."""

    name: str
    annotation: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class SchemaView:
    imports: str
    class_name: str
    create: tuple[FieldView, ...]
    update: tuple[FieldView, ...]
    read: tuple[FieldView, ...]


def schema_view(entity: Entity) -> SchemaView:
    imports = Imports()
    imports.name("__future__", "annotations")
    imports.name("..core.schemas", "CreateSchema", "ReadSchema", "UpdateSchema")
    given = {
        field.attribute: _given(entity, field, imports)
        for field in entity.fields
        if field.creatable or field.updatable
    }
    create = tuple(
        _create(entity, field, given[field.attribute], imports)
        for field in entity.fields
        if field.creatable
    )
    update = tuple(
        FieldView(field.attribute, given[field.attribute], _absent(imports))
        for field in entity.fields
        if field.updatable
    )
    read = tuple(_read(entity, field, imports) for field in entity.fields if not field.hidden)
    return SchemaView(imports.render(), entity.class_name, create, update, read)


def _create(entity: Entity, field: Field, annotation: str, imports: Imports) -> FieldView:
    if field.required:
        return FieldView(field.attribute, annotation)
    if isinstance(field.default, Now):
        return FieldView(field.attribute, annotation, _absent(imports))
    if field.default is None:
        return FieldView(field.attribute, annotation, "None")
    default = model_default(default_literal(entity, field, imports), imports)
    return FieldView(field.attribute, annotation, default)


def _read(entity: Entity, field: Field, imports: Imports) -> FieldView:
    """What not everybody reads who reads the row is null for the others."""
    annotation = _optional(field.nullable_in_answers, _wire(entity, field, imports))
    return FieldView(
        field.attribute, _annotated(annotation, _about(field, "serialization_alias"), imports)
    )


def _given(entity: Entity, field: Field, imports: Imports) -> str:
    """The annotation of a value that a client sends: constraints on the value, the rest on the field."""
    value = _wire(entity, field, imports)
    if not field.nullable:
        return _annotated(value, [*_about(field, "alias"), *_constraints(field, imports)], imports)
    value = _optional(field.nullable, _annotated(value, [*_constraints(field, imports)], imports))
    return _annotated(value, _about(field, "alias"), imports)


def _optional(nullable: bool, annotation: str) -> str:
    return f"{annotation} | None" if nullable else annotation


def _annotated(annotation: str, arguments: list[str], imports: Imports) -> str:
    if not arguments:
        return annotation
    imports.name("pydantic", "Field")
    imports.name("typing", "Annotated")
    return f"Annotated[{annotation}, {call('Field', arguments)}]"


def _wire(entity: Entity, field: Field, imports: Imports) -> str:
    spelling = SPELLINGS[field.type]
    if field.type is FieldType.ENUM:
        name = enum_name(entity, field)
        imports.name(f"..models.{entity.module}", name)
        return name
    module = "domain_types" if spelling.domain else "wire"
    imports.name("..core", module)
    return f"{module}.{spelling.wire}"


_TEXTUAL = (FieldType.STRING, FieldType.TEXT)


def _constraints(field: Field, imports: Imports) -> Iterable[str]:
    if field.type in _TEXTUAL:
        lengths = {"min_length": field.min_length, "max_length": field.length}
        yield from (f"{name}={value}" for name, value in lengths.items() if value is not None)
        if field.pattern is not None:
            yield f"pattern={literal(field.pattern)}"
    if field.type is FieldType.DECIMAL:
        yield f"max_digits={field.precision}"
        yield f"decimal_places={field.scale}"
    bounds = {
        "ge": field.minimum,
        "le": field.maximum,
        "gt": field.exclusive_minimum,
        "lt": field.exclusive_maximum,
    }
    yield from (
        f"{name}={_number(field, value, imports)}"
        for name, value in bounds.items()
        if value is not None
    )


def _number(field: Field, value: Decimal, imports: Imports) -> str:
    if field.type is not FieldType.DECIMAL or value == value.to_integral_value():
        return f"{value:f}"
    imports.name("decimal", "Decimal")
    return literal(value)


def _about(field: Field, alias: str) -> list[str]:
    arguments = [f"{alias}={literal(field.name)}"] if field.name != field.attribute else []
    if field.description:
        arguments.append(f"description={literal(field.description)}")
    return arguments


def _absent(imports: Imports) -> str:
    imports.name("..core.schemas", "absent")
    return "absent()"
