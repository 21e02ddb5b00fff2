"""Request bodies: read, checked for their type, validated as strictly as the OpenAPI document says."""

from __future__ import annotations

from typing import TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json, to_json

from .errors import BadRequest, Fault, Invalid, Problem

Schema = TypeVar("Schema", bound=BaseModel)

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"


def check_type(request: Request, *media_types: str) -> None:
    """Raises Problem."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type not in media_types:
        accepted = " or ".join(media_types)
        fault = Fault(header="Content-Type", detail=f"must be {accepted}")
        raise Problem("the body has another type", status=415, faults=[fault])


async def read_body(request: Request, schema: type[Schema], *media_types: str) -> Schema:
    check_type(request, *media_types)
    body = await request.body()
    try:
        try:
            return schema.model_validate_json(body, strict=True)
        except ValidationError as error:
            return schema.model_validate_json(_with_whole_numbers(body, error), strict=True)
    except ValidationError as error:
        if error.errors(include_input=False)[0]["type"] == "json_invalid":
            raise _NotJson from None
        raise Invalid.body(error) from None


async def check_json(request: Request) -> None:
    """Whether it can be read at all, by whoever validates it. Raises Problem."""
    check_type(request, JSON)
    try:
        from_json(await request.body(), allow_inf_nan=False)
    except ValueError:
        raise _NotJson from None


class _NotJson(BadRequest):
    def __init__(self) -> None:
        super().__init__("the body is not JSON")


def _with_whole_numbers(body: bytes, error: ValidationError) -> bytes:
    """JSON does not tell 1.0 from 1: whole numbers are integers, however they are written."""
    whole = {
        str(each["loc"][0]): int(each["input"])
        for each in error.errors()
        if each["type"] == "int_type" and _is_whole(each["input"])
    }
    return to_json({**from_json(body), **whole}) if whole else body


def _is_whole(value: object) -> bool:
    return isinstance(value, float) and value.is_integer()
