"""The components of the OpenAPI document: schemas, parameters and problems of all resources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from . import idempotency
from .pagination import DEFAULT_LIMIT, MAX_LIMIT
from .parameters import Filter, parameters_of
from .resource import Relation, Resource
from .wire import DECIMAL, constraints, wire_of

Json = dict[str, Any]

PROBLEM = "application/problem+json"
PROBLEMS = {
    400: "BadRequest",
    404: "NotFound",
    409: "Conflict",
    412: "PreconditionFailed",
    413: "TooLarge",
    415: "UnsupportedType",
    422: "Invalid",
    503: "Unavailable",
}


def components(resources: Iterable[Resource]) -> dict[str, Json]:
    parameters = {
        component(resource, name): parameter
        for resource in resources
        for name, parameter in _parameters(resource)
    }
    responses = {name: _problem(status) for status, name in PROBLEMS.items()}
    return {
        "schemas": _schemas(resources),
        "parameters": {**_SHARED_PARAMETERS, **parameters},
        "responses": {**responses, "Problem": _problem(None)},
    }


def component(resource: Resource, name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", lambda odd: f"_{ord(odd[0]):x}", f"{resource.title}.{name}")


def _parameters(resource: Resource) -> Iterator[tuple[str, Json]]:
    """The components that the operations of a resource, and of relations to it, refer to."""
    parameters = parameters_of(resource)
    sorts = [f"{sign}{name}" for name in parameters.sortable for sign in ("", "-")]
    fields = [*resource.columns, *resource.relation]
    yield "sort", _choice("sort", "Nulls come last; the key is appended", sorts)
    yield "fields", _choice("fields", "What to answer of each row, beside its key", fields)
    if resource.relation:
        description = "Relations to embed, at most four deep"
        yield "include", _choice("include", description, list(_paths(resource)))
    for name in parameters.documented:
        yield name, _filter(name, parameters.filters[name])


def _paths(resource: Resource) -> Iterator[str]:
    """Two levels of them: what is nested deeper is understood, but too much to list."""
    for name, relation in resource.relation.items():
        yield name
        for nested in relation.target.relation:
            yield f"{name}.{nested}"


def _choice(name: str, description: str, values: list[str]) -> Json:
    return {
        "name": name,
        "in": "query",
        "description": description,
        "schema": {"type": "array", "minItems": 1, "items": {"type": "string", "enum": values}},
        "style": "form",
        "explode": False,
    }


def _filter(name: str, each: Filter) -> Json:
    schema = each.schema.json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs", None)
    schema = _in_query(schema)
    if each.several:
        schema = {"type": "array", "items": schema}
    return {"name": name, "in": "query", "schema": schema}


def _in_query(schema: Json) -> Json:
    """Without null, for which `isnull` asks, and without the string that a decimal is in a body."""
    return schema if "type" in schema else next(iter(schema.get("anyOf", ())), schema)


def _schemas(resources: Iterable[Resource]) -> Json:
    schemas_and_modes: list[tuple[type[BaseModel], JsonSchemaMode]] = []
    for resource in resources:
        schemas_and_modes.append((resource.create, "validation"))
        schemas_and_modes.append((resource.update, "validation"))
        schemas_and_modes.append((resource.read, "serialization"))
    _, definitions = models_json_schema(
        schemas_and_modes, ref_template="#/components/schemas/{model}"
    )
    schemas: Json = {"Problem": _PROBLEM_SCHEMA, **definitions.get("$defs", {})}
    for resource in resources:
        for schema in (resource.create, resource.update):
            _describe_decimals(schema, schemas[schema.__name__]["properties"])
        read = schemas[resource.read.__name__]
        for relation in resource.relation.values():
            read["properties"][relation.name] = _embedded(relation)
        title = f"{resource.title}Sparse"
        schemas[title] = {**read, "title": title, "required": [resource.key.name]}
        schemas[f"{resource.title}Page"] = _page(resource)
    return schemas


def _describe_decimals(schema: type[BaseModel], properties: Json) -> None:
    """Pydantic's own schema of a decimal leaves out its digits, and its bounds for strings."""
    for attribute, field in schema.model_fields.items():
        if wire_of(field) is DECIMAL:
            described = properties[field.alias or attribute]
            null = [kind for kind in described.pop("anyOf", ()) if kind == {"type": "null"}]
            described["anyOf"] = [*_decimal(field), *null]


def _decimal(field: FieldInfo) -> Iterator[Json]:
    limits = {
        name: getattr(item, name)
        for item in constraints(field)
        for name in ("max_digits", "decimal_places", "ge", "gt", "le", "lt")
        if getattr(item, name, None) is not None
    }
    places = limits.get("decimal_places", 0)
    whole = max(limits.get("max_digits", 1000) - places, 1)
    beyond = float(10 ** min(whole, 300))
    number: Json = {"type": "number", "exclusiveMinimum": -beyond, "exclusiveMaximum": beyond}
    for limit, keyword in _BOUNDS.items():
        if limit in limits:
            number[keyword] = float(limits[limit])
    if places:
        number["multipleOf"] = float(10**-places)
    sign = "" if max(limits.get("ge", -1), limits.get("gt", -1)) >= 0 else "-?"
    fraction = f"(\\.[0-9]{{1,{places}}})?" if places else ""
    yield number
    yield {"type": "string", "pattern": f"^{sign}[0-9]{{1,{whole}}}{fraction}$"}


_BOUNDS = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
}


def _embedded(relation: Relation) -> Json:
    if relation.many:
        return {"$ref": f"#/components/schemas/{relation.target.title}Page"}
    one = {"$ref": f"#/components/schemas/{relation.target.title}Read"}
    return {"anyOf": [one, {"type": "null"}]}


def _page(resource: Resource) -> Json:
    return {
        "title": f"{resource.title}Page",
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": either(resource)},
            "next_cursor": {"type": ["string", "null"]},
            "total": {"type": "integer", "minimum": 0},
        },
        "required": ["items", "next_cursor"],
    }


def either(resource: Resource) -> Json:
    """`fields` makes an answer sparse."""
    names = (f"{resource.title}Read", f"{resource.title}Sparse")
    return {"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in names]}


def _problem(status: int | None) -> Json:
    response: Json = {
        "description": "A problem" if status is None else HTTPStatus(status).phrase,
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status == 503:
        response["headers"] = {"Retry-After": string_header("Seconds")}
    return response


def string_header(description: str) -> Json:
    return {"description": description, "schema": {"type": "string"}}


def _header(name: str, description: str, **schema: Any) -> Json:
    return {
        "name": name,
        "in": "header",
        "description": description,
        "schema": {"type": "string", **schema},
    }


_TAGS = r'^(\*|(W/)?"[!#-~]*"(, *(W/)?"[!#-~]*")*)$'


_SHARED_PARAMETERS: Mapping[str, Json] = {
    "limit": {
        "name": "limit",
        "in": "query",
        "schema": {
            "type": "integer",
            "minimum": 1,
            "maximum": MAX_LIMIT,
            "default": DEFAULT_LIMIT,
        },
    },
    "cursor": {
        "name": "cursor",
        "in": "query",
        "description": "The `next_cursor` of a page in the same order",
        "schema": {"type": "string"},
    },
    "total": {
        "name": "total",
        "in": "query",
        "description": "Whether to count all rows",
        "schema": {"type": "boolean", "default": False},
    },
    "if-match": _header("If-Match", "Only if it still has this ETag", pattern=_TAGS),
    "if-none-match": _header("If-None-Match", "Only if it has another ETag", pattern=_TAGS),
    "idempotency-key": _header(
        idempotency.HEADER,
        "A repeated request with this key is answered as the first was, for 24 hours",
        minLength=1,
        maxLength=idempotency.MAX_LENGTH,
        pattern="^[ -~]+$",
    ),
}


_PROBLEM_SCHEMA: Json = {
    "title": "Problem",
    "description": "RFC 9457",
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "detail": {"type": "string"},
                    "pointer": {"type": "string"},
                    "parameter": {"type": "string"},
                    "header": {"type": "string"},
                },
                "required": ["detail"],
            },
        },
    },
    "required": ["type", "title", "status"],
}
