"""The OpenAPI document: what FastAPI finds out by itself, and what core answers beside it.

It is made at the first request for it. Operations are found by their operationId, so that a route
that replaces one of core's keeps its own description.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from . import bodies, idempotency
from .pagination import DEFAULT_LIMIT, MAX_LIMIT
from .parameters import Filter, parameters_of
from .resource import Relation, Resource, Resources
from .wire import DECIMAL, constraints, wire_of

Json = dict[str, Any]

PROBLEM = "application/problem+json"
_PROBLEMS = {400: "BadRequest", 404: "NotFound", 409: "Conflict", 412: "PreconditionFailed"}
_PROBLEMS |= {413: "TooLarge", 415: "UnsupportedType", 422: "Invalid", 503: "Unavailable"}


def install_openapi(app: FastAPI, resources: Resources) -> None:
    original = app.openapi

    def document() -> Json:
        made = app.openapi_schema is not None
        schema = original()
        if not made:
            complete(schema, resources)
        return schema

    # What FastAPI's documentation does by assignment, which type checkers refuse for methods.
    vars(app)["openapi"] = document


def complete(document: Json, resources: Iterable[Resource]) -> None:
    """Add to FastAPI's document what it does not know of core's operations and problems."""
    operations = {
        name: operation for resource in resources for name, operation in _operations(resource)
    }
    for path in document["paths"].values():
        for operation in path.values():
            operation.update(operations.get(operation["operationId"], {}))
            _declare_problems(operation)
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas.update(_schemas(resources))
    components["parameters"] = {
        **_SHARED_PARAMETERS,
        **{
            _component(resource, name): parameter
            for resource in resources
            for name, parameter in _parameters(resource)
        },
    }
    components["responses"] = {name: _problem(status) for status, name in _PROBLEMS.items()}
    components["responses"]["Problem"] = _problem(None)


def operation_id(verb: str, resource: Resource, relation: Relation | None = None) -> str:
    """`list_posts`, `get_post`, `list_comments_of_post`."""
    singular = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", resource.title).lower()
    if relation is not None:
        return f"{verb}_{relation.name}_of_{singular}"
    return f"{verb}_{resource.table.name if verb == 'list' else singular}"


def _operations(resource: Resource) -> Iterator[tuple[str, Json]]:
    title = resource.title
    one = {"$ref": f"#/components/schemas/{title}Read"}
    yield operation_id("list", resource), _list(resource)
    yield (
        operation_id("create", resource),
        {
            "parameters": [_parameter("idempotency-key")],
            "requestBody": _body(f"{title}Create", bodies.JSON),
            "responses": {
                "201": {
                    **_json("Created", one),
                    "headers": {
                        "Location": _string_header("Where it is"),
                        "ETag": _ETAG,
                        "Idempotency-Replayed": _string_header("true if it was made before"),
                    },
                    "links": _links(resource),
                },
                **_problems(400, 409, 413, 415, 422, 503),
            },
        },
    )
    yield (
        operation_id("get", resource),
        {
            "parameters": [_key(resource), *_shape(resource), _parameter("if-none-match")],
            "responses": {
                "200": {**_json("Found", _either(resource)), "headers": {"ETag": _ETAG}},
                "304": {"description": "Not changed", "headers": {"ETag": _ETAG}},
                **_problems(400, 404, 422, 503),
            },
        },
    )
    yield (
        operation_id("update", resource),
        {
            "parameters": [_key(resource), _parameter("if-match")],
            "requestBody": _body(f"{title}Update", bodies.JSON, bodies.MERGE_PATCH),
            "responses": {
                "200": {**_json("Updated", one), "headers": {"ETag": _ETAG}},
                **_problems(400, 404, 409, 412, 413, 415, 422, 503),
            },
        },
    )
    yield (
        operation_id("delete", resource),
        {
            "parameters": [_key(resource), _parameter("if-match")],
            "responses": {
                "204": {"description": "Deleted"},
                **_problems(400, 404, 409, 412, 422, 503),
            },
        },
    )
    for relation in resource.relation.values():
        yield from _relation_operations(resource, relation)


def _relation_operations(resource: Resource, relation: Relation) -> Iterator[tuple[str, Json]]:
    target = relation.target
    if relation.many:
        listing = _list(target)
        listing["parameters"] = [_key(resource), *listing["parameters"]]
        listing["responses"].update(_problems(404))
        yield operation_id("list", resource, relation), listing
    else:
        yield (
            operation_id("get", resource, relation),
            {
                "parameters": [_key(resource), *_shape(target)],
                "responses": {
                    "200": {**_json("Found", _either(target)), "headers": {"ETag": _ETAG}},
                    **_problems(404, 422, 503),
                },
            },
        )
    if relation.secondary is not None:
        for verb, done in (("link", "Linked"), ("unlink", "Not linked any more")):
            yield (
                operation_id(verb, resource, relation),
                {
                    "parameters": [_key(resource), _key(target, "target_id")],
                    "responses": {"204": {"description": done}, **_problems(404, 409, 422, 503)},
                },
            )


def _list(resource: Resource) -> Json:
    page = {"$ref": f"#/components/schemas/{resource.title}Page"}
    return {
        "parameters": [
            *(_parameter(name) for name in ("limit", "cursor", "total")),
            _parameter(_component(resource, "sort")),
            *_shape(resource),
            *(
                _parameter(_component(resource, name))
                for name in parameters_of(resource).documented
            ),
        ],
        "responses": {
            "200": {
                **_json("A page", page),
                "headers": {"Link": _string_header('The next page, as rel="next"')},
            },
            **_problems(400, 422, 503),
        },
    }


def _shape(resource: Resource) -> Iterator[Json]:
    yield _parameter(_component(resource, "fields"))
    if resource.relation:
        yield _parameter(_component(resource, "include"))


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
        "schema": {"type": "array", "items": {"type": "string", "enum": values}},
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
    return next(iter(schema.get("anyOf", ())), schema)


def _component(resource: Resource, name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", lambda odd: f"_{ord(odd[0]):x}", f"{resource.title}.{name}")


def _key(resource: Resource, name: str = "id") -> Json:
    schema = resource.key.adapter.json_schema()
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _links(resource: Resource) -> Json:
    pointer = {"id": f"$response.body#/{resource.key.name}"}
    return {
        verb: {"operationId": operation_id(verb, resource), "parameters": pointer}
        for verb in ("get", "update", "delete")
    }


def _schemas(resources: Iterable[Resource]) -> Json:
    schemas_and_modes: list[tuple[type[BaseModel], JsonSchemaMode]] = []
    for resource in resources:
        schemas_and_modes.append((resource.create, "validation"))
        schemas_and_modes.append((resource.update, "validation"))
        schemas_and_modes.append((resource.read, "serialization"))
    _, definitions = models_json_schema(
        schemas_and_modes, ref_template="#/components/schemas/{model}"
    )
    schemas: Json = {"Problem": _PROBLEM_SCHEMA, **definitions["$defs"]}
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
            null = [kind for kind in described.pop("anyOf") if kind == {"type": "null"}]
            described["anyOf"] = [*_decimal(field), *null]


def _decimal(field: FieldInfo) -> Iterator[Json]:
    limits = {
        name: getattr(item, name)
        for item in constraints(field)
        for name in ("max_digits", "decimal_places", "ge", "gt", "le", "lt")
        if getattr(item, name, None) is not None
    }
    places = limits.get("decimal_places", 0)
    number: Json = {"type": "number"}
    for limit, keyword in _BOUNDS.items():
        if limit in limits:
            number[keyword] = float(limits[limit])
    if places:
        number["multipleOf"] = float(10**-places)
    whole = max(limits.get("max_digits", 1000) - places, 1)
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
            "items": {"type": "array", "items": _either(resource)},
            "next_cursor": {"type": ["string", "null"]},
            "total": {"type": "integer", "minimum": 0},
        },
        "required": ["items", "next_cursor"],
    }


def _either(resource: Resource) -> Json:
    """`fields` makes an answer sparse."""
    names = (f"{resource.title}Read", f"{resource.title}Sparse")
    return {"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in names]}


def _json(description: str, schema: Json) -> Json:
    return {"description": description, "content": {bodies.JSON: {"schema": schema}}}


def _body(schema: str, *media_types: str) -> Json:
    content = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    return {"required": True, "content": dict.fromkeys(media_types, content)}


def _parameter(name: str) -> Json:
    return {"$ref": f"#/components/parameters/{name}"}


def _problems(*statuses: int) -> Json:
    return {
        str(status): {"$ref": f"#/components/responses/{_PROBLEMS[status]}"} for status in statuses
    }


def _problem(status: int | None) -> Json:
    response: Json = {
        "description": "A problem" if status is None else HTTPStatus(status).phrase,
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status == 503:
        response["headers"] = {"Retry-After": _string_header("Seconds")}
    return response


def _declare_problems(operation: Json) -> None:
    """Every operation can end in a problem; FastAPI's own description of one is not what is sent."""
    responses = operation["responses"]
    if "422" in responses:
        responses["422"] = {"$ref": "#/components/responses/Invalid"}
    responses.setdefault("default", {"$ref": "#/components/responses/Problem"})


def _string_header(description: str) -> Json:
    return {"description": description, "schema": {"type": "string"}}


def _header(name: str, description: str, **schema: Any) -> Json:
    return {
        "name": name,
        "in": "header",
        "description": description,
        "schema": {"type": "string", **schema},
    }


_ETAG = _string_header("The version of the row, for If-Match")
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
