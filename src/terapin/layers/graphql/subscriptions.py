from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...model import Entity
from ...model.naming import attribute_name
from ...project.plan import Project
from ..python import Imports, call
from .shown import Names, Shown, annotation, named


@dataclass(frozen=True, slots=True)
class PackageView:
    """`arguments` are those of core's `Schema`."""

    imports: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeView:
    """Its fields as they stand."""

    class_name: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SubscriptionsView:
    """What is told of each entity, and the fields at the root."""

    imports: str
    change_type: str
    fields_type: str
    changes: tuple[ChangeView, ...]
    fields: tuple[str, ...]


def package_view(project: Project) -> PackageView:
    imports = Imports()
    imports.name("__future__", "annotations")
    imports.name("pathlib", "Path")
    imports.name("..core.graphql.schema", "Schema")
    imports.name(".extensions", "Mutation", "Query")
    arguments = ["query=Query", "mutation=Mutation"]
    if project.model.has_subscriptions:
        imports.name(".subscriptions", "Subscription")
        arguments.append("subscription=Subscription")
    arguments.append('documents=Path(__file__).with_name("documents")')
    return PackageView(imports.render(), tuple(arguments))


def subscriptions_view(entities: Sequence[Shown]) -> SubscriptionsView:
    imports = Imports()
    told = [each for each in entities if each.graphql.subscriptions]
    made = {name for each in told for name in (each.class_name, f"{each.class_name}Change")}
    names = Names(imports, made | {"Subscription"}, root="..")
    imports.name("__future__", "annotations")
    changed = names.core("changes", "changed")
    return SubscriptionsView(
        change_type=names.core("changes", "change_type"),
        fields_type=names.core("types", "fields_type"),
        changes=tuple(_change(each, names) for each in told),
        fields=tuple(_field(each, changed) for each in told),
        imports=imports.render(),
    )


def _change(shown: Shown, names: Names) -> ChangeView:
    """The key and the row give way to one another, and to the operation."""
    entity, type_ = shown.entity, shown.class_name
    names.imports.name(f".types.{entity.module}", type_)
    operation = names.core("changes", "ChangeOperation")
    key = "key" if entity.key.attribute == "operation" else entity.key.attribute
    row = attribute_name(shown.graphql.one)
    if row in ("operation", key):
        row = f"{row}_row"
    return ChangeView(
        f"{type_}Change",
        (
            f"operation: {operation}",
            f"{key}: {_key(entity, names)} | None{_named(key, names)}",
            f"{row}: {type_} | None{_named(row, names)}",
        ),
    )


def _key(entity: Entity, names: Names) -> str:
    return annotation(entity, entity.key, names)


def _named(attribute: str, names: Names) -> str:
    name = named(attribute)
    return f" = {names.module('strawberry')}.field({name})" if name else ""


def _field(shown: Shown, changed: str) -> str:
    attribute = attribute_name(f"{shown.graphql.one}_changed")
    given = [argument] if (argument := named(attribute)) else []
    type_ = shown.class_name
    return f"{attribute}: {type_}Change = {call(changed, [type_, *given])}"
