from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...model.naming import attribute_name
from ..python import Imports, call
from .shown import Names, Shown, annotation, named


@dataclass(frozen=True, slots=True)
class RootView:
    """Fields as they stand."""

    imports: str
    fields_type: str
    fields: tuple[str, ...]


def queries_view(entities: Sequence[Shown]) -> RootView:
    imports = Imports()
    attributes = {attribute_name(name) for each in entities for name in _queries(each)}
    names = Names(imports, attributes | {each.class_name for each in entities}, root="..")
    imports.name("__future__", "annotations")
    fields_type = names.core("types", "fields_type")
    by_key, listed, connected = (
        names.core("fields", name) for name in ("by_key", "listed", "connected")
    )
    connection = names.core("connections", "Connection")
    fields = []
    for each in entities:
        one, many, paged = _queries(each)
        type_, inputs = each.class_name, [f"{each.class_name}Where", f"{each.class_name}Order"]
        imports.name(f".types.{each.entity.module}", type_)
        imports.name(f".inputs.{each.entity.module}", *inputs)
        fields += [
            _field(one, f"{type_} | None", by_key, []),
            _field(many, f"list[{type_}]", listed, inputs),
            _field(paged, f"{connection}[{type_}]", connected, inputs),
        ]
    return RootView(imports.render(), fields_type, tuple(fields))


def _queries(shown: Shown) -> tuple[str, str, str]:
    return shown.graphql.one, shown.graphql.many, f"{shown.graphql.many}_connection"


def mutations_view(entities: Sequence[Shown]) -> RootView:
    imports = Imports()
    names = Names(imports, {each.class_name for each in entities}, root="..")
    imports.name("__future__", "annotations")
    fields_type = names.core("types", "fields_type")
    changed = [each for each in entities if each.graphql.mutations]
    fields = tuple(field for each in changed for field in _mutations(each, names))
    return RootView(imports.render(), fields_type, fields)


def _mutations(shown: Shown, names: Names) -> Iterator[str]:
    type_, module, one = shown.class_name, shown.entity.module, shown.graphql.one
    names.imports.name(f".types.{module}", type_)
    if shown.creatable is not None:
        inputs = [f"{type_}CreateInput"] if shown.creatable else []
        if inputs:
            names.imports.name(f".inputs.{module}", *inputs)
        create = names.core("mutations", "create")
        yield _field(f"create_{one}", f"{type_} | None", create, inputs)
    if shown.updatable:
        names.imports.name(f".inputs.{module}", f"{type_}UpdateInput")
        update = names.core("mutations", "update")
        yield _field(f"update_{one}", f"{type_} | None", update, [f"{type_}UpdateInput"])
    key = annotation(shown.entity, shown.entity.key, names)
    yield _field(f"delete_{one}", f"{key} | None", names.core("mutations", "delete"), [type_])


def _field(name: str, type_: str, fact: str, arguments: list[str]) -> str:
    attribute = attribute_name(name)
    given = [argument] if (argument := named(attribute)) else []
    return f"{attribute}: {type_} = {call(fact, [*arguments, *given])}"
