"""Types of columns, and what becomes of values when one takes the place of another."""

from __future__ import annotations

from dataclasses import dataclass

from ..model import Field, FieldType


@dataclass(frozen=True, slots=True)
class SqlType:
    """`name` is that of SQLAlchemy's class, `arguments` are a length, or precision and scale."""

    name: str
    arguments: tuple[int, ...] = ()

    def __str__(self) -> str:
        """As PostgreSQL writes it."""
        shown = f"({', '.join(map(str, self.arguments))})" if self.arguments else ""
        return _IN_POSTGRESQL[self.name] + shown


_IN_POSTGRESQL = {
    "BigInteger": "bigint",
    "Boolean": "boolean",
    "Date": "date",
    "DateTime": "timestamptz",
    "Double": "double precision",
    "Integer": "integer",
    "Interval": "interval",
    "JSONB": "jsonb",
    "LargeBinary": "bytea",
    "Numeric": "numeric",
    "String": "varchar",
    "Text": "text",
    "Time": "time",
    "Uuid": "uuid",
}
_TYPES = {
    FieldType.TEXT: SqlType("Text"),
    FieldType.UUID: SqlType("Uuid"),
    FieldType.INTEGER: SqlType("Integer"),
    FieldType.BIG_INTEGER: SqlType("BigInteger"),
    FieldType.FLOAT: SqlType("Double"),
    FieldType.BOOLEAN: SqlType("Boolean"),
    FieldType.DATE: SqlType("Date"),
    FieldType.TIME: SqlType("Time"),
    FieldType.DATE_TIME: SqlType("DateTime"),
    FieldType.INTERVAL: SqlType("Interval"),
    FieldType.JSON: SqlType("JSONB"),
    FieldType.BINARY: SqlType("LargeBinary"),
    FieldType.ENUM: SqlType("String", (255,)),
    FieldType.EMAIL: SqlType("String", (255,)),
    FieldType.URL: SqlType("Text"),
    FieldType.PHONE: SqlType("String", (20,)),
    FieldType.CURRENCY: SqlType("String", (3,)),
    FieldType.COUNTRY: SqlType("String", (2,)),
    FieldType.IP_ADDRESS: SqlType("String", (50,)),
    FieldType.COLOR: SqlType("String", (20,)),
    FieldType.TIMEZONE: SqlType("String", (50,)),
}
# Kept as text, of which not every one will do.
RESTRICTED = frozenset(
    {
        FieldType.ENUM,
        FieldType.EMAIL,
        FieldType.URL,
        FieldType.PHONE,
        FieldType.CURRENCY,
        FieldType.COUNTRY,
        FieldType.IP_ADDRESS,
        FieldType.COLOR,
        FieldType.TIMEZONE,
    }
)
_TEXTS = frozenset({"String", "Text"})
_NUMBERS = frozenset({"Integer", "BigInteger", "Double", "Numeric"})
# The digits of the widest value, and its length as text.
_DIGITS = {"Integer": 10, "BigInteger": 19}
_LENGTHS = {"Boolean": 5, "Integer": 11, "BigInteger": 20, "Uuid": 36}
# A day begins where the service's clock has midnight, whatever time zone the session is in.
_BETWEEN_TIMES = {
    ("Date", "DateTime"): "{column}::timestamp AT TIME ZONE 'UTC'",
    ("DateTime", "Date"): "({column} AT TIME ZONE 'UTC')::date",
    ("DateTime", "Time"): "({column} AT TIME ZONE 'UTC')::time",
}


def sql_type(field: Field) -> SqlType:
    if field.type is FieldType.STRING:
        return SqlType("String", (field.length or 255,))
    if field.type is FieldType.DECIMAL:
        return SqlType("Numeric", (field.precision or 18, field.scale or 0))
    return _TYPES[field.type]


def keeps_values(old: SqlType, new: SqlType) -> bool:
    """Whether every value of the one is, unchanged, a value of the other."""
    match old.name, new.name:
        case "String", "String":
            return new.arguments >= old.arguments
        case "Numeric", "Numeric":
            return _whole(new) >= _whole(old) and new.arguments[1] >= old.arguments[1]
        case name, other if name == other:
            return True
        case name, "Text":
            return name != "LargeBinary"
        case name, "String":
            return name in _LENGTHS and new.arguments[0] >= _LENGTHS[name]
        case name, "Numeric":
            return name in _DIGITS and _whole(new) >= _DIGITS[name]
    return (old.name, new.name) in {
        ("Integer", "BigInteger"),
        ("Integer", "Double"),
        ("Date", "DateTime"),
    }


def _whole(type_: SqlType) -> int:
    precision, scale = type_.arguments
    return precision - scale


def conversion(old: SqlType, new: SqlType, column: str) -> str | None:
    """The SQL that makes a value of the new type, or None where PostgreSQL does by itself.

    It rounds numbers, and otherwise fails where a value does not fit.
    """
    if (old.name, new.name) in _BETWEEN_TIMES:
        return _BETWEEN_TIMES[old.name, new.name].format(column=column)
    if old.name == new.name or new.name in _TEXTS or {old.name, new.name} <= _NUMBERS:
        return None
    return f"{column}::text::{new}"
