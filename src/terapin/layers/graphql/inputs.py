from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...model import Entity, Field, FieldType
from ..python import Imports
from ..types import SPELLINGS, enum_name
from .shown import Names, Shown, annotation, named


@dataclass(frozen=True, slots=True)
class InputsView:
    """Fields as they stand. `create` and `update` are empty where there are none to give."""

    imports: str
    input_type: str
    one_of_type: str
    strawberry: str
    unset: str
    class_name: str
    where: tuple[str, ...]
    order: tuple[str, ...]
    create: tuple[str, ...]
    update: tuple[str, ...]


_EQUALITY = frozenset({FieldType.UUID, FieldType.BOOLEAN, FieldType.ENUM})
_TEXT = frozenset({FieldType.STRING, FieldType.TEXT, FieldType.EMAIL})
_OPAQUE = frozenset({FieldType.JSON, FieldType.BINARY})


def inputs_view(shown: Shown) -> InputsView:
    imports = Imports()
    entity = shown.entity
    enums = {enum_name(entity, each) for each in entity.fields if each.type is FieldType.ENUM}
    names = Names(imports, {each.attribute for each in entity.fields} | enums)
    imports.name("__future__", "annotations")
    strawberry = names.module("strawberry")
    unset = names.name("strawberry", "UNSET")
    direction = names.core("filters", "Direction")
    made = _Fields(names, strawberry, unset)
    mutations = shown.graphql.mutations
    return InputsView(
        where=tuple(made.filters(entity, shown.read)),
        order=tuple(
            made.optional(field, direction) for field in shown.read if field.type not in _OPAQUE
        ),
        create=tuple(made.given(entity, shown.creatable or ())) if mutations else (),
        update=tuple(made.updated(entity, shown.updatable)) if mutations else (),
        input_type=names.core("types", "input_type"),
        one_of_type=names.core("types", "one_of_type"),
        imports=imports.render(),
        strawberry=strawberry,
        unset=unset,
        class_name=entity.class_name,
    )


@dataclass(frozen=True, slots=True)
class _Fields:
    names: Names
    strawberry: str
    unset: str

    def optional(self, field: Field, type_: str) -> str:
        name = named(field.attribute)
        default = f"{self.strawberry}.field({name}, default={self.unset})" if name else self.unset
        return f"{field.attribute}: {type_} | None = {default}"

    def filters(self, entity: Entity, fields: Iterable[Field]) -> Iterable[str]:
        for field in fields:
            if kind := _filter(field):
                found = self.names.core("filters", kind)
                if kind.endswith(("Equal", "Ordered")):
                    found = f"{found}[{annotation(entity, field, self.names)}]"
                yield self.optional(field, found)

    def given(self, entity: Entity, fields: Iterable[Field]) -> Iterable[str]:
        """To create a row: what is required cannot be left out."""
        for field in fields:
            type_ = annotation(entity, field, self.names)
            if not field.required:
                yield self.optional(field, type_)
            elif name := named(field.attribute):
                yield f"{field.attribute}: {type_} = {self.strawberry}.field({name})"
            else:
                yield f"{field.attribute}: {type_}"

    def updated(self, entity: Entity, fields: Iterable[Field]) -> Iterable[str]:
        for field in fields:
            yield self.optional(field, annotation(entity, field, self.names))


def _filter(field: Field) -> str | None:
    """The class of core that has the operators of a field, if it has any."""
    nullable = "Nullable" if field.nullable else ""
    if field.type in _OPAQUE:
        return "Null" if field.nullable else None
    if field.type in _TEXT:
        return f"{nullable}Text"
    equality = field.type in _EQUALITY or SPELLINGS[field.type].domain
    return f"{nullable}{'Equal' if equality else 'Ordered'}"
