from __future__ import annotations

from dataclasses import dataclass

from ...model import Entity, Field, FieldType, Relationship
from ..python import Imports, call, literal
from ..types import enum_name
from .shown import Names, Shown, annotation, named


@dataclass(frozen=True, slots=True)
class FieldsView:
    """`row` and `object_type` are what those of core are called here, `variable` is the entity's resource."""

    imports: str
    type_checking: str
    object_type: str
    row: str
    variable: str
    class_name: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TypeView:
    class_name: str
    module: str


def fields_view(shown: Shown) -> FieldsView:
    imports, type_checking = Imports(), Imports()
    entity = shown.entity
    names = Names(imports, _hiding(shown))
    imports.name("__future__", "annotations")
    imports.name(f"...endpoints.{entity.module}", entity.variable)
    scalars = [_scalar(shown, names, field) for field in shown.read]
    relations = [_relation(names, type_checking, *each) for each in shown.ends]
    if relations:
        imports.name("typing", "TYPE_CHECKING")
    return FieldsView(
        object_type=names.core("rows", "object_type"),
        row=names.core("rows", "Row"),
        imports=imports.render(),
        type_checking=type_checking.render(),
        variable=entity.variable,
        class_name=entity.class_name,
        fields=(*scalars, *relations),
    )


def _hiding(shown: Shown) -> set[str]:
    """What the module has beside what it takes from core and from libraries."""
    entity = shown.entity
    return {
        entity.variable,
        *(field.attribute for field in shown.fields),
        *(enum_name(entity, each) for each in entity.fields if each.type is FieldType.ENUM),
        *(end.attribute for end, _ in shown.ends),
        *(target.class_name for _, target in shown.ends),
    }


def _scalar(shown: Shown, names: Names, field: Field) -> str:
    type_ = annotation(shown.entity, field, names)
    declared = f"{field.attribute}: {type_}{' | None' if field.nullable_in_answers else ''}"
    name = named(field.attribute)
    return f"{declared} = {names.module('strawberry')}.field({name})" if name else declared


def _relation(names: Names, type_checking: Imports, end: Relationship, target: Entity) -> str:
    type_checking.name(f"..types.{target.module}", target.class_name)
    names.imports.name("typing", "Annotated")
    place = literal(f"..types.{target.module}")
    type_ = f"Annotated[{target.class_name}, {names.module('strawberry')}.lazy({place})]"
    name = [given] if (given := named(end.attribute)) else []
    if not end.many:
        one = names.core("fields", "one")
        return f"{end.attribute}: {type_} | None = {call(one, name)}"
    inputs = [f"{target.class_name}Where", f"{target.class_name}Order"]
    names.imports.name(f"..inputs.{target.module}", *inputs)
    many = names.core("fields", "many")
    return f"{end.attribute}: list[{type_}] = {call(many, [*inputs, *name])}"


def type_view(shown: Shown) -> TypeView:
    return TypeView(shown.class_name, shown.entity.module)
