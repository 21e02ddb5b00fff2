"""The harmless twin of a model: the same in everything but its texts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from terapin.layers.types import enum_members
from terapin.model import (
    Cache,
    DataSource,
    Endpoint,
    Entity,
    Field,
    FieldType,
    Parameter,
    Permissions,
    Relationship,
    Rule,
    Rules,
    Scalar,
    ServiceModel,
    Task,
    TaskParameter,
)

# Whose values were parsed, so that no text of the ontology is left in them.
_PARSED = frozenset({FieldType.UUID, FieldType.DATE, FieldType.TIME, FieldType.DATE_TIME})
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")


def is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None


def names_of(model: ServiceModel) -> Iterator[str]:
    """Everything in the model that is written as it is, not as a literal."""
    for entity in model.entities.values():
        yield from (entity.class_name, entity.module, entity.variable, entity.table)
        for field in entity.fields:
            yield from (field.attribute, field.column)
            yield from (name for name, _ in enum_members(field.values))
        for end in entity.relationships:
            yield from (end.attribute, end.inverse)
            yield from (term.field for term in end.order_by)
    for source in model.data_sources:
        yield source.name
    for cache in model.caches:
        yield cache.name
    for table in model.join_tables:
        yield from (table.table, table.variable, table.left_column, table.right_column)
    for shown in model.graphql.entities.values() if model.graphql else ():
        yield from (shown.one, shown.many)
    for endpoint in model.endpoints:
        yield endpoint.operation
        yield from (parameter.attribute for parameter in endpoint.parameters)
    for task in model.tasks:
        yield from (task.module, task.parameters_class)
        yield from (parameter.attribute for parameter in task.parameters)


def harmless(model: ServiceModel) -> ServiceModel:
    return replace(
        model,
        name="Harmless",
        version="1.0.0",
        description=_text(model.description),
        base_iri=_text(model.base_iri),
        entities={iri: _entity(entity) for iri, entity in model.entities.items()},
        endpoints=tuple(map(_endpoint, model.endpoints)),
        data_sources=tuple(map(_source, model.data_sources)),
        caches=tuple(map(_cache, model.caches)),
        tasks=tuple(map(_task, model.tasks)),
        access=model.access and replace(model.access, issuer="harmless", audience="harmless"),
    )


def _task(task: Task) -> Task:
    return replace(
        task,
        description=_text(task.description),
        parameters=tuple(map(_task_parameter, task.parameters)),
    )


def _task_parameter(parameter: TaskParameter) -> TaskParameter:
    default = parameter.default
    return replace(
        parameter,
        name=_name(parameter.name, parameter.attribute),
        description=_text(parameter.description),
        default=_default(parameter.type, default) if isinstance(default, str) else default,
    )


def _source(source: DataSource) -> DataSource:
    return replace(source, url=_text(source.url), database=_text(source.database))


def _cache(cache: Cache) -> Cache:
    return replace(cache, namespace=_text(cache.namespace))


def _entity(entity: Entity) -> Entity:
    return replace(
        entity,
        description=_text(entity.description),
        fields=tuple(_field(entity, field) for field in entity.fields),
        relationships=tuple(map(_relationship, entity.relationships)),
        permissions=entity.permissions and _permissions(entity, entity.permissions),
    )


def _permissions(entity: Entity, permissions: Permissions) -> Permissions:
    return Permissions(
        read=_rules(entity, permissions.read),
        create=_rules(entity, permissions.create),
        update=_rules(entity, permissions.update),
        delete=_rules(entity, permissions.delete),
    )


def _rules(entity: Entity, rules: Rules) -> Rules:
    return tuple(_rule(entity, each) for each in rules)


def _rule(entity: Entity, rule: Rule) -> Rule:
    """Its paths are attributes, none of which leads away from the entity."""
    if not rule.values:
        return replace(rule, role=_text(rule.role))
    field = entity.field(rule.path[0])
    names = {value: name.lower() for name, value in enum_members(field.values)}
    return replace(rule, values=tuple(names.get(str(each), "harmless") for each in rule.values))


def _field(entity: Entity, field: Field) -> Field:
    values = tuple(name.lower() for name, _ in enum_members(field.values))
    default = field.default
    if default in field.values:
        default = values[field.values.index(str(default))]
    elif isinstance(default, str):
        default = _default(field.type, default)
    return replace(
        field,
        name=_name(field.name, field.attribute),
        description=_text(field.description),
        pattern=_text(field.pattern),
        values=values,
        default=default,
        read_by=field.read_by and _rules(entity, field.read_by),
    )


def _relationship(end: Relationship) -> Relationship:
    return replace(end, name=_name(end.name, end.attribute))


def _endpoint(endpoint: Endpoint) -> Endpoint:
    return replace(
        endpoint,
        path="/harmless",
        operation_id="harmless",
        description=_text(endpoint.description),
        parameters=tuple(map(_parameter, endpoint.parameters)),
    )


def _parameter(parameter: Parameter) -> Parameter:
    default = parameter.default
    return replace(
        parameter,
        name=_name(parameter.name, parameter.attribute),
        default=_default(parameter.type, default) if isinstance(default, str) else default,
    )


def _text(text: str | None) -> str | None:
    return text and "harmless"


def _name(name: str, attribute: str) -> str:
    """A name that is not its attribute is stated beside it."""
    return name if name == attribute else "harmless name"


def _default(type_: FieldType, default: str) -> Scalar:
    if type_ is FieldType.JSON:
        return json.dumps(_json(json.loads(default)))
    return default if type_ in _PARSED or type_ is FieldType.INTERVAL else "harmless"


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {f"harmless {number}": _json(each) for number, each in enumerate(value.values())}
    if isinstance(value, list):
        return [_json(each) for each in value]
    return "harmless" if isinstance(value, str) else value
