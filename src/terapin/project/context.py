"""What a template of the user's own is given: the service in plain words, as the guide's template reads it."""

from __future__ import annotations

from typing import Any

from ..layers.types import SPELLINGS
from ..model import (
    Endpoint,
    Entity,
    Field,
    FieldType,
    Priority,
    Relationship,
    ServiceModel,
    Task,
)
from ..model.tasks import DEFAULT, HARD_LIMIT


def template_context(model: ServiceModel) -> dict[str, Any]:
    """`service`, `models`, `endpoints` and `tasks`; `type` is a Python annotation, names are as generated code has them."""
    return {
        "service": {
            "name": model.name,
            "version": model.version,
            "description": model.description or "",
        },
        "models": [_model(model, entity) for entity in model.entities.values()],
        "endpoints": [_endpoint(model, endpoint) for endpoint in model.endpoints],
        "tasks": [_task(model, task) for task in model.tasks],
    }


def _model(model: ServiceModel, entity: Entity) -> dict[str, Any]:
    return {
        "iri": entity.iri,
        "typeName": entity.class_name,
        "moduleName": entity.module,
        "tableName": entity.table,
        "description": entity.description or "",
        "fields": [_field(field) for field in entity.fields],
        "relationships": [_relationship(model, end) for end in entity.relationships],
    }


def _field(field: Field) -> dict[str, Any]:
    return {
        "name": field.attribute,
        "jsonName": field.name,
        "column": field.column,
        "type": _annotation(field.type, optional=field.nullable),
        "fieldType": field.type.value,
        "description": field.description or "",
        "primaryKey": field.primary_key,
        "unique": field.unique,
        "nullable": field.nullable,
        "required": field.required,
        "secret": field.secret,
        "values": list(field.values),
    }


def _relationship(model: ServiceModel, end: Relationship) -> dict[str, Any]:
    return {
        "name": end.attribute,
        "kind": end.kind.value,
        "target": model.entities[end.target].class_name,
        "many": end.many,
        "inverse": end.inverse,
        "foreignKey": end.foreign_key,
    }


def _endpoint(model: ServiceModel, endpoint: Endpoint) -> dict[str, Any]:
    return {
        "iri": endpoint.iri,
        "method": endpoint.method,
        "path": endpoint.path,
        "operationId": endpoint.operation,
        "description": endpoint.description or "",
        "responseType": _response(model, endpoint),
        "parameters": [
            {
                "name": parameter.attribute,
                "type": _annotation(
                    parameter.type, optional=not parameter.required and parameter.default is None
                ),
                "in": parameter.location.value,
                "required": parameter.required,
            }
            for parameter in endpoint.parameters
        ],
    }


def _task(model: ServiceModel, task: Task) -> dict[str, Any]:
    return {
        "iri": task.iri,
        "name": task.name,
        "moduleName": task.module,
        "description": task.description or "",
        "queue": task.queue or DEFAULT,
        "priority": (task.priority or Priority.NORMAL).value,
        "routing": task.pool or DEFAULT,
        "maxRetries": task.max_retries or 0,
        "timeout": int(task.timeout or HARD_LIMIT),
        "schedule": task.schedule or "",
        "parameters": [
            {
                "name": parameter.attribute,
                "type": _annotation(
                    parameter.type, optional=not parameter.required and parameter.default is None
                ),
                "entity": model.entities[parameter.entity].class_name if parameter.entity else "",
                "required": parameter.required,
            }
            for parameter in task.parameters
        ],
    }


def _response(model: ServiceModel, endpoint: Endpoint) -> str:
    if endpoint.response is None:
        return "None"
    if isinstance(endpoint.response, FieldType):
        return _annotation(endpoint.response)
    return model.entities[endpoint.response].class_name


def _annotation(type_: FieldType, *, optional: bool = False) -> str:
    annotation = "str" if type_ is FieldType.ENUM else SPELLINGS[type_].annotation
    return f"{annotation} | None" if optional else annotation
