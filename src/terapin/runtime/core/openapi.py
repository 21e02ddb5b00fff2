"""The OpenAPI document: what FastAPI finds out by itself, and what core answers beside it.

It is made at the first request for it. Operations are found by their operationId, so that a route
that replaces one of core's keeps its own description.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from fastapi import FastAPI

from . import bodies
from .openapi_components import PROBLEMS, Json, component, components, either, string_header
from .parameters import parameters_of
from .resource import Relation, Resource, Resources

TARGET = "target_id"


def install_openapi(
    app: FastAPI, resources: Resources, describe: Callable[[Json], None] | None = None
) -> None:
    """`describe` adds what not every service has."""
    original = app.openapi

    def document() -> Json:
        made = app.openapi_schema is not None
        schema = original()
        if not made:
            complete(schema, resources)
            if describe:
                describe(schema)
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
    for kind, made in components(resources).items():
        document.setdefault("components", {}).setdefault(kind, {}).update(made)
    for unused in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(unused, None)


def operation_id(verb: str, resource: Resource, relation: Relation | None = None) -> str:
    """`list_posts`, `get_post`, `list_comments_of_post`."""
    if relation is not None:
        return f"{verb}_{relation.name}_of_{resource.snake_name}"
    return f"{verb}_{resource.name if verb == 'list' else resource.snake_name}"


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
                        "Location": string_header("Where it is"),
                        "ETag": _ETAG,
                        "Idempotency-Replayed": string_header("true if it was made before"),
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
                "200": {**_json("Found", either(resource)), "headers": {"ETag": _ETAG}},
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
                    "200": {**_json("Found", either(target)), "headers": {"ETag": _ETAG}},
                    **_problems(404, 422, 503),
                },
            },
        )
    if relation.secondary is not None:
        for verb, done in (("link", "Linked"), ("unlink", "Not linked any more")):
            yield (
                operation_id(verb, resource, relation),
                {
                    "parameters": [_key(resource), _key(target, TARGET)],
                    "responses": {"204": {"description": done}, **_problems(404, 409, 422, 503)},
                },
            )


def _list(resource: Resource) -> Json:
    page = {"$ref": f"#/components/schemas/{resource.title}Page"}
    return {
        "parameters": [
            *(_parameter(name) for name in ("limit", "cursor", "total")),
            _parameter(component(resource, "sort")),
            *_shape(resource),
            *(_parameter(component(resource, name)) for name in parameters_of(resource).documented),
        ],
        "responses": {
            "200": {
                **_json("A page", page),
                "headers": {"Link": string_header('The next page, as rel="next"')},
            },
            **_problems(400, 422, 503),
        },
    }


def _shape(resource: Resource) -> Iterator[Json]:
    yield _parameter(component(resource, "fields"))
    if resource.relation:
        yield _parameter(component(resource, "include"))


def _key(resource: Resource, name: str | None = None) -> Json:
    schema = resource.key.adapter.json_schema()
    return {
        "name": name or resource.key_parameter,
        "in": "path",
        "required": True,
        "schema": schema,
    }


def _links(resource: Resource) -> Json:
    pointer = {resource.key_parameter: f"$response.body#/{resource.key.name}"}
    return {
        verb: {"operationId": operation_id(verb, resource), "parameters": pointer}
        for verb in ("get", "update", "delete")
    }


def _json(description: str, schema: Json) -> Json:
    return {"description": description, "content": {bodies.JSON: {"schema": schema}}}


def _body(schema: str, *media_types: str) -> Json:
    content = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    return {"required": True, "content": dict.fromkeys(media_types, content)}


def _parameter(name: str) -> Json:
    return {"$ref": f"#/components/parameters/{name}"}


def _problems(*statuses: int) -> Json:
    return {
        str(status): {"$ref": f"#/components/responses/{PROBLEMS[status]}"} for status in statuses
    }


def _declare_problems(operation: Json) -> None:
    """Every operation can end in a problem; FastAPI's own description of one is not what is sent."""
    responses = operation["responses"]
    if "422" in responses:
        responses["422"] = {"$ref": "#/components/responses/Invalid"}
    responses.setdefault("default", {"$ref": "#/components/responses/Problem"})


_ETAG = string_header("The version of the row, for If-Match")
