"""Scalars whose values are those of REST, by the Python type that a field is annotated with."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
from collections.abc import Callable, Mapping
from typing import Any, NewType

import strawberry
from graphql import FloatValueNode, IntValueNode, ValueNode
from graphql.utilities import value_from_ast_untyped
from pydantic import TypeAdapter, ValidationError
from strawberry.types.scalar import ScalarDefinition

from .. import wire
from ..errors import brief

# An integer of 64 bits; GraphQL's own has 32.
BigInt = NewType("BigInt", int)


def _parser(adapter: TypeAdapter[Any], kinds: tuple[type, ...]) -> Callable[[Any], Any]:
    def parse(value: Any) -> Any:
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise ValueError(f"must be a {'number' if int in kinds else 'string'}")
        try:
            return adapter.validate_python(value)
        except ValidationError as error:
            raise ValueError(brief(error.errors(include_input=False)[0]["msg"])) from None

    return parse


def _scalar(
    name: str, annotation: Any, description: str, *kinds: type, exact: bool = False
) -> ScalarDefinition:
    """`kinds` is what its JSON is. What is `exact` takes a number from a document as it is written there."""
    adapter: TypeAdapter[Any] = TypeAdapter(annotation)
    parse = _parser(adapter, kinds or (str,))

    def parse_literal(node: ValueNode, variables: Mapping[str, Any] | None = None) -> Any:
        if exact and isinstance(node, (IntValueNode, FloatValueNode)):
            return parse(decimal.Decimal(node.value))
        return parse(value_from_ast_untyped(node, {**(variables or {})}))

    return strawberry.scalar(
        name=name,
        description=description,
        serialize=lambda value: adapter.dump_python(value, mode="json"),
        parse_value=parse,
        parse_literal=parse_literal,
    )


SCALARS: Mapping[object, ScalarDefinition] = {
    uuid.UUID: _scalar("UUID", wire.UUID, "A UUID (RFC 9562)."),
    dt.datetime: _scalar("DateTime", wire.DateTime, "A moment as `2026-11-22T15:57:03.75+00:00`."),
    dt.date: _scalar("Date", wire.Date, "A day as `2026-11-22`."),
    dt.time: _scalar("Time", wire.Time, "A time of day as `15:57:03`."),
    dt.timedelta: _scalar("Duration", wire.Interval, "A length of time as `P1DT2H30M` (ISO 8601)."),
    decimal.Decimal: _scalar(
        "Decimal",
        wire.Decimal,
        'An exact number; in answers a string: `"9.50"`.',
        *(str, int, float, decimal.Decimal),
        exact=True,
    ),
    bytes: _scalar("Base64", wire.Binary, "Bytes in base64."),
    BigInt: _scalar("BigInt", wire.BigInteger, "An integer of 64 bits.", int, float),
}
