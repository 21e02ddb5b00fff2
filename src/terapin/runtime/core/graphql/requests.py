"""GraphQL over HTTP: what a request asks for, and in which form it is answered."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

import orjson
from fastapi import Request, Response
from pydantic_core import from_json

from ..errors import BadRequest, Fault, Problem

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"

# Of variables: JSON within an input within lists.
MAX_NESTING = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An operation of a document, which is there as text, or as the SHA-256 of one that is known.

    What `only_reads` is to be a query, and what `is_told` a subscription.
    """

    query: str | None = None
    digest: str | None = None
    operation_name: str | None = None
    variables: Mapping[str, Any]
    only_reads: bool = False
    is_told: bool = False


def media_type(request: Request) -> str:
    """In which the answer is to be. Raises Problem."""
    header = ", ".join(request.headers.getlist("accept"))
    accepted = [
        each.partition(";")[0].strip().lower() for each in header.split(",") if each.strip()
    ]
    for each in accepted:
        if each in (JSON, GRAPHQL):
            return each
    if accepted and not {"*/*", "application/*"} & {*accepted}:
        fault = Fault(header="Accept", detail=f"must take {GRAPHQL} or {JSON}")
        raise Problem("the answer has another type", status=406, faults=[fault])
    return JSON


def content_type_is_json(request: Request) -> None:
    """Raises Problem. No form of a browser sends it, so no foreign page does."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != JSON:
        fault = Fault(header="Content-Type", detail=f"must be {JSON}")
        raise Problem("the body has another type", status=415, faults=[fault])


def asked(body: bytes, max_batch: int) -> tuple[list[Asked], bool]:
    """The operations of a request, and whether they are a batch. Raises Problem."""
    try:
        content = from_json(body, allow_inf_nan=False)
    except ValueError:
        raise BadRequest("the body is not JSON") from None
    if not isinstance(content, list):
        return [_asked(content)], False
    if not 1 <= len(content) <= max_batch:
        raise BadRequest(f"a batch has 1 to {max_batch} operations")
    return [_asked(each) for each in content], True


def asked_by_url(query: bytes) -> Asked:
    """`variables` and `extensions` are JSON in it. Raises Problem."""
    try:
        content: dict[str, Any] = dict(parse_qsl(query.decode("ascii"), errors="strict"))
        for name in {"variables", "extensions"} & content.keys():
            content[name] = from_json(content[name], allow_inf_nan=False)
    except ValueError:
        raise BadRequest(
            "the URL has query, and operationName, variables and extensions, these two as JSON"
        ) from None
    return replace(_asked(content), only_reads=True)


def asked_by_socket(content: Any) -> Asked:
    """Raises Problem."""
    return replace(_asked(content), is_told=True)


def _asked(content: Any) -> Asked:
    if not isinstance(content, dict):
        raise BadRequest("an operation is an object with query and variables")
    extensions = _typed(content, "extensions", dict) or {}
    variables = _typed(content, "variables", dict) or {}
    _check_nesting(variables)
    return Asked(
        query=_typed(content, "query", str),
        digest=_digest(content, extensions),
        operation_name=_typed(content, "operationName", str) or None,
        variables=variables,
    )


def _digest(content: Mapping[str, Any], extensions: Mapping[str, Any]) -> str | None:
    """As `documentId`, or in Apollo's way."""
    persisted = _typed(extensions, "persistedQuery", dict) or {}
    given = _typed(content, "documentId", str) or _typed(persisted, "sha256Hash", str)
    if given is None and content.get("query") is None:
        raise BadRequest("query is missing")
    return given.removeprefix("sha256:").lower() if given else None


def _typed(content: Mapping[str, Any], name: str, type_: type) -> Any:
    value = content.get(name)
    if value is not None and not isinstance(value, type_):
        raise BadRequest(f"{name} is to be {'an object' if type_ is dict else 'a string'}")
    return value


def _check_nesting(variables: Any) -> None:
    level = [variables]
    for _ in range(MAX_NESTING):
        level = [
            inner
            for each in level
            for inner in (each.values() if isinstance(each, dict) else each)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return
    raise BadRequest("variables are nested too deeply")


def response(answers: Sequence[Mapping[str, Any]], *, batch: bool, media_type: str) -> Response:
    """An operation that was not executed has no data, which the newer media type shows in the status."""
    refused = media_type == GRAPHQL and not batch and "data" not in answers[0]
    content = dumped(answers if batch else answers[0])
    return Response(content, 400 if refused else 200, media_type=media_type)


def dumped(content: Any) -> bytes:
    """orjson itself refuses integers beyond 64 bits, which JSON fields may hold."""
    try:
        return orjson.dumps(content)
    except TypeError:
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
