"""The wire format: each type once, as a Pydantic annotation and as an SQL expression.

The expression gives the JSON value that the annotation gives, so that PostgreSQL can assemble an
answer by itself. A type without one is read through Pydantic.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import decimal
import enum
import re
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any, TypeVar, get_args

import orjson
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic.fields import FieldInfo
from sqlalchemy import ColumnElement, func, literal_column
from sqlalchemy import Text as SqlText
from sqlalchemy import cast as sql_cast

from .spelling import float_text, json_text

Moment = TypeVar("Moment", dt.date, dt.datetime)
Sql = Callable[[ColumnElement[Any]], ColumnElement[Any]]


@dataclass(frozen=True, slots=True)
class Wire:
    """What core must know of a type. It stands in the metadata of the annotation.

    `scalar` types are sorted and compared for equality, `ordered` ones also by less and greater,
    `text` has `contains` and `startswith`, a `number` is spelt in a query string as in JSON.
    `encode` makes of what Pydantic dumps what orjson prints. `kind` is the type in the ontology's words,
    where it is narrower than what Python calls it.
    """

    sql: Sql | None
    scalar: bool = True
    ordered: bool = False
    text: bool = False
    number: bool = False
    encode: Callable[[Any], Any] | None = None
    kind: str = ""


def _as_it_is(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return column


PLAIN = Wire(_as_it_is)
ORDERED = Wire(_as_it_is, ordered=True)
NUMBER = Wire(_as_it_is, ordered=True, number=True)
TEXT = Wire(_as_it_is, ordered=True, text=True)
FLOAT = replace(NUMBER, encode=lambda value: orjson.Fragment(float_text(value)))
DECIMAL = Wire(lambda column: sql_cast(column, SqlText), ordered=True, number=True)
OBJECT = Wire(None)
OPAQUE = Wire(None, scalar=False)


def wire_of(field: FieldInfo) -> Wire:
    """The wire type of a schema's field; OPAQUE where it is of none of the types below."""
    for item in constraints(field):
        if isinstance(item, Wire):
            return item
        if isinstance(item, type) and issubclass(item, enum.StrEnum):
            return PLAIN
    return OPAQUE


def constraints(field: FieldInfo) -> Iterator[Any]:
    """What stands in the annotation of a field, however it is nested."""
    yield from field.metadata
    yield from _parts(field.annotation)


def _parts(annotation: Any) -> Iterator[Any]:
    if isinstance(annotation, FieldInfo):
        yield from annotation.metadata
    yield annotation
    for argument in get_args(annotation):
        yield from _parts(argument)


def _from_database(info: ValidationInfo) -> bool:
    """Whether a read schema takes a row: what is stored is not judged again."""
    return info.config is not None and bool(info.config.get("from_attributes"))


# Text of PostgreSQL cannot hold NUL.
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$"), TEXT]
Integer = Annotated[int, Field(ge=-(2**31), le=2**31 - 1), NUMBER]
BigInteger = Annotated[int, Field(ge=-(2**63), le=2**63 - 1), NUMBER]
Float = Annotated[float, Field(allow_inf_nan=False), FLOAT]
UUID = Annotated[uuid.UUID, PLAIN]


def _boolean(value: Any, info: ValidationInfo) -> Any:
    """In a query string one spelling; Pydantic knows `yes`, `on` and `1`, too."""
    if isinstance(value, str) and info.mode != "json":
        if value not in ("true", "false"):
            raise ValueError("must be true or false")
        return value == "true"
    return value


Boolean = Annotated[bool, BeforeValidator(_boolean), PLAIN]


def _iso(parse: Callable[[str], Any], pattern: str, example: str) -> BeforeValidator:
    """ISO 8601 only; Pydantic takes numbers for seconds since 1970, in a query string also as text."""
    matches = re.compile(pattern, re.ASCII).fullmatch

    def convert(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            if matches(value):
                return parse(value.upper())
        except ValueError:
            pass
        raise ValueError(f"must be as {example}")

    return BeforeValidator(convert)


_DATE = r"\d{4}-\d\d-\d\d"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?"
_ZONE = r"([Zz]|[+-]\d\d:\d\d)"


def _finite(value: Moment, first: Moment, last: Moment) -> Moment:
    """The driver would store the first and the last moment that Python knows as infinite ones."""
    if value in (first, last):
        raise ValueError("is the first or last of the calendar, which cannot be stored")
    return value


Date = Annotated[
    dt.date,
    _iso(
        lambda text: _finite(dt.date.fromisoformat(text), dt.date.min, dt.date.max),
        _DATE,
        "2026-11-22, between 0001-01-02 and 9999-12-30",
    ),
    WithJsonSchema(
        {"type": "string", "format": "date", "not": {"enum": ["0001-01-01", "9999-12-31"]}}
    ),
    ORDERED,
]


def _plain_decimal(value: decimal.Decimal) -> str:
    return format(value, "f")


# A string, because a JSON number is a float to most that read it.
Decimal = Annotated[
    decimal.Decimal,
    Field(allow_inf_nan=False),
    PlainSerializer(_plain_decimal, return_type=str, when_used="json"),
    DECIMAL,
]


def _trimmed(value: dt.time | dt.datetime) -> str:
    """As PostgreSQL prints it: a fraction without trailing zeros."""
    text = value.isoformat()
    whole, point, rest = text.partition(".")
    return f"{whole}{f'.{rest[:6]}'.rstrip('0')}{rest[6:]}" if point else text


def _in_utc(value: dt.datetime, info: ValidationInfo) -> dt.datetime:
    if _from_database(info):
        return value
    try:
        value = value.astimezone(dt.UTC)
    except OverflowError:
        raise ValueError("lies outside the years 1 to 9999 in UTC") from None
    return _finite(
        value, dt.datetime.min.replace(tzinfo=dt.UTC), dt.datetime.max.replace(tzinfo=dt.UTC)
    )


DateTime = Annotated[
    AwareDatetime,
    _iso(dt.datetime.fromisoformat, f"{_DATE}[Tt ]{_CLOCK}{_ZONE}", "2026-11-22T15:57:03.75+00:00"),
    AfterValidator(_in_utc),
    PlainSerializer(_trimmed, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
    ORDERED,
]


Time = Annotated[
    dt.time,
    _iso(dt.time.fromisoformat, _CLOCK, "15:57:03"),
    PlainSerializer(_trimmed, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": f"^{_CLOCK}$"}),
    ORDERED,
]

# As many as a duration can be written with, so that each can be sent back.
_MAX_DAYS = 99_999_999
_DURATION = (
    r"[+-]?P(?=[0-9T])(?:(?P<weeks>[0-9]{1,7})W)?(?:(?P<days>[0-9]{1,8})D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]{1,9})H)?(?:(?P<minutes>[0-9]{1,9})M)?"
    r"(?:(?P<seconds>[0-9]{1,9})(?:[.](?P<fraction>[0-9]{1,6}))?S)?)?"
)


def _duration(text: str) -> dt.timedelta:
    """Without years and months, whose length nobody knows."""
    match = re.fullmatch(_DURATION, text)
    if match is None:
        raise ValueError
    parts = match.groupdict(default="0")
    microseconds = parts.pop("fraction").ljust(6, "0")
    value = dt.timedelta(
        microseconds=int(microseconds), **{name: int(part) for name, part in parts.items()}
    )
    if value.days > _MAX_DAYS:
        raise ValueError
    return -value if text.startswith("-") else value


def _spelt_duration(value: dt.timedelta) -> str:
    size = abs(value)
    minutes, seconds = divmod(size.seconds, 60)
    fraction = f".{size.microseconds:06}".rstrip("0").rstrip(".")
    days = f"{size.days}D" if size.days else ""
    clock = "".join(
        (
            f"{minutes // 60}H" if minutes >= 60 else "",
            f"{minutes % 60}M" if minutes % 60 else "",
            f"{seconds}{fraction}S" if seconds or fraction else "",
        )
    )
    text = f"P{days}{f'T{clock}' if clock else ''}" if size else "PT0S"
    return f"-{text}" if value < dt.timedelta() else text


# No expression: PostgreSQL keeps days and hours apart and would print `PT26H` for what is `P1DT2H` here.
Interval = Annotated[
    dt.timedelta,
    _iso(_duration, _DURATION, "P1DT2H30M"),
    PlainSerializer(_spelt_duration, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": f"^{re.sub('[?]P<[a-z]+>', '?:', _DURATION)}$"}),
    Wire(None, ordered=True),
]


def _decoded(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("must be base64") from None


def _encoded(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _base64(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """PostgreSQL breaks the lines of base64."""
    return func.translate(func.encode(column, "base64"), literal_column(r"E'\n'"), "")


Binary = Annotated[
    bytes,
    BeforeValidator(_decoded),
    PlainSerializer(_encoded, return_type=str, when_used="json"),
    WithJsonSchema(
        {
            "type": "string",
            "contentEncoding": "base64",
            "pattern": "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
        }
    ),
    Wire(_base64, scalar=False),
]

MAX_DEPTH = 64
_LARGEST = sys.float_info.max


def _json(value: Any, info: ValidationInfo) -> Any:
    if not _from_database(info):
        _check_json(value, 0)
    return value


def _check_json(value: Any, depth: int) -> None:
    """Accept what PostgreSQL can keep and every reader can take back."""
    if depth > MAX_DEPTH:
        raise ValueError(f"must not be nested deeper than {MAX_DEPTH}")
    match value:
        case str():
            _check_text(value)
        case bool() | None:
            if value is None and depth == 0:
                raise ValueError("must not be null")
        case int() | float():
            if not -_LARGEST <= value <= _LARGEST:
                raise ValueError("numbers must be finite")
        case list():
            for item in value:
                _check_json(item, depth + 1)
        case dict():
            for key, item in value.items():
                _check_text(key)
                _check_json(item, depth + 1)
        case _:
            raise ValueError("must be JSON")


def _check_text(text: Any) -> None:
    if not isinstance(text, str) or "\0" in text:
        raise ValueError("text must not contain NUL")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("text must be Unicode") from None


JSON = Annotated[
    Any,
    AfterValidator(_json),
    WithJsonSchema({"type": ["object", "array", "string", "number", "boolean"]}),
    Wire(_as_it_is, scalar=False, encode=lambda value: orjson.Fragment(json_text(value))),
]


def _email(value: str, info: ValidationInfo) -> str:
    """Lower case, as `EmailType` keeps it."""
    if _from_database(info):
        return value
    from email_validator import EmailNotValidError, validate_email

    try:
        checked = validate_email(value, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise ValueError("must be an e-mail address") from None
    return str(checked.normalized.lower())


Email = Annotated[
    str,
    AfterValidator(_email),
    WithJsonSchema({"type": "string", "format": "email"}),
    replace(TEXT, kind="Email"),
]
