"""How values lie in BSON."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from bson import Binary, DBRef, Decimal128
from bson.binary import USER_DEFINED_SUBTYPE
from bson.datetime_ms import DatetimeMS

Side = Literal["floor", "ceiling"]

_MICROSECOND = dt.timedelta(microseconds=1)
_MILLISECOND = dt.timedelta(milliseconds=1)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class CannotBeStoredError(ValueError):
    """BSON has no such value; `attribute` is whose it is."""

    attribute: str


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Codec:
    """`types` are the names of BSON's types. What BSON keeps less finely is cut when it is encoded.

    `near` gives the encoded value that is equal to one that is compared, or, where there is none, the nearest on a
    side of it: None where all values are encoded exactly.
    """

    types: tuple[str, ...]
    encode: Callable[[Any], Any] = _same
    decode: Callable[[Any], Any] = _same
    near: Callable[[Any, Side], Any] | None = None

    def bound(self, value: Any, side: Side) -> Any:
        """For a comparison: what is at most the value, or at least."""
        return self.near(value, side) if self.near else self.encode(value)

    def exact(self, values: Iterable[Any]) -> list[Any]:
        """For an equality: those of the values that can be stored."""
        if self.near is None:
            return [self.encode(value) for value in values]
        sides = [(self.near(value, "floor"), self.near(value, "ceiling")) for value in values]
        return [floor for floor, ceiling in sides if floor == ceiling]


def _number(value: Any) -> int:
    """The driver gives 64-bit integers a type of its own."""
    return int(value)


def decimals(scale: int | None) -> Codec:
    """Rounded to the scale, and zero without a sign, as PostgreSQL does it."""

    def encode(value: Decimal) -> Decimal128:
        try:
            if scale is not None:
                value = value.quantize(Decimal(1).scaleb(-scale), context=_WIDE)
            return Decimal128(_EXACT.create_decimal(value or value.copy_abs()))
        except decimal.DecimalException:
            raise CannotBeStoredError("has more than 34 digits") from None

    return Codec(("decimal",), encode, _to_decimal, _near_decimal)


_LIMITS: dict[str, Any] = {"prec": 34, "Emin": -6143, "Emax": 6144, "clamp": 1}
_EXACT = decimal.Context(
    **_LIMITS, traps=[decimal.Inexact, decimal.Overflow, decimal.InvalidOperation]
)
_WIDE = decimal.Context(prec=1000, rounding=decimal.ROUND_HALF_UP)
_SIDES = {
    "floor": decimal.Context(**_LIMITS, rounding=decimal.ROUND_FLOOR, traps=[]),
    "ceiling": decimal.Context(**_LIMITS, rounding=decimal.ROUND_CEILING, traps=[]),
}


def _near_decimal(value: Decimal, side: Side) -> Decimal128:
    return Decimal128(_SIDES[side].create_decimal(value))


def _to_decimal(value: Any) -> Decimal:
    return value.to_decimal() if isinstance(value, Decimal128) else Decimal(str(value))


def _date(value: dt.date) -> dt.datetime:
    return dt.datetime(value.year, value.month, value.day, tzinfo=dt.UTC)


def _moment(value: dt.datetime) -> dt.datetime:
    return value.replace(microsecond=value.microsecond // 1000 * 1000)


def _near_moment(value: dt.datetime, side: Side) -> DatetimeMS:
    whole, rest = divmod(value - _EPOCH, _MILLISECOND)
    return DatetimeMS(whole + 1 if rest and side == "ceiling" else whole)


def _encode_json(value: Any) -> Any:
    """Integers that BSON has no type for, of more than 64 bits, are kept as their digits."""
    match value:
        case bool() | float() | str() | None:
            return value
        case int() if not -(2**63) <= value < 2**63:
            return Binary(str(value).encode(), USER_DEFINED_SUBTYPE)
        case dict():
            return {key: _encode_json(each) for key, each in value.items()}
        case list():
            return [_encode_json(each) for each in value]
    return value


def _decode_json(value: Any) -> Any:
    """The driver takes objects with the keys `$ref` and `$id` for references of its own."""
    match value:
        case DBRef():
            return _decode_json(dict(value.as_doc()))
        case dict():
            return {key: _decode_json(each) for key, each in value.items()}
        case list():
            return [_decode_json(each) for each in value]
        case bool():
            return value
        case int() | Binary():
            return int(value)
    return value


TEXT = Codec(("string",), str)
# In lower case also what is compared with it, as `EmailType` has it.
EMAIL = Codec(("string",), lambda value: str(value).lower())

CODECS: dict[type[Any], Codec] = {
    UUID: Codec(("binData",)),
    str: TEXT,
    int: Codec(("int", "long"), _number, _number),
    float: Codec(("double",), float, float),
    bool: Codec(("bool",)),
    dt.date: Codec(("date",), _date, dt.datetime.date),
    dt.datetime: Codec(("date",), _moment, near=_near_moment),
    # As text of fixed width, so that it is in order.
    dt.time: Codec(
        ("string",),
        lambda value: value.replace(tzinfo=None).isoformat(timespec="microseconds"),
        dt.time.fromisoformat,
    ),
    dt.timedelta: Codec(
        ("int", "long"),
        lambda value: value // _MICROSECOND,
        lambda value: dt.timedelta(microseconds=int(value)),
    ),
    bytes: Codec(("binData",), bytes, bytes),
    Decimal: decimals(None),
}
JSON = Codec((), _encode_json, _decode_json)


def enumeration(values: type[enum.StrEnum]) -> Codec:
    return Codec(("string",), lambda value: values(value).value, values)
