"""Default values: what the ontology writes, as a value of the field's type."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import re
from collections.abc import Callable, Mapping
from uuid import UUID

from terapin.model import FieldType, Now, Scalar
from terapin.vocabulary.namespaces import RDF, XSD

from .subject import number_of
from .terms import Literal, is_literal, literal

Default = Scalar | Now

_TEMPORAL = frozenset({FieldType.DATE, FieldType.TIME, FieldType.DATE_TIME})
_INTERVAL = re.compile(r"P(?=.)(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d{1,6})?S)?)?\Z")
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+\Z")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s/?#]+[^\s]*\Z")
_PHONE = re.compile(r"\+[0-9 ()-]{4,20}\Z")
_CURRENCY = re.compile(r"[A-Z]{3}\Z")
_COUNTRY = re.compile(r"[A-Z]{2}\Z")
_COLOR = re.compile(r"(?:#[0-9A-Fa-f]{3}|#[0-9A-Fa-f]{6}|[A-Za-z]+)\Z")
_TIMEZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*\Z")

# How a default of each type is to look, for who wrote one that does not.
EXPECTED: Mapping[FieldType, str] = {
    FieldType.STRING: "a string",
    FieldType.TEXT: "a string",
    FieldType.UUID: 'a UUID such as "8c3b0a52-5d4e-4f2b-9d0a-3b1c2f4d5e6f"',
    FieldType.INTEGER: "a whole number of 32 bits",
    FieldType.BIG_INTEGER: "a whole number of 64 bits",
    FieldType.FLOAT: "a number",
    FieldType.DECIMAL: "a number",
    FieldType.BOOLEAN: "true or false",
    FieldType.DATE: 'a date such as "2025-12-31", or "now"',
    FieldType.TIME: 'a time such as "23:59:00", or "now"',
    FieldType.DATE_TIME: 'a time such as "2025-12-31T23:59:00Z", or "now"',
    FieldType.INTERVAL: 'a duration such as "P1DT12H"',
    FieldType.JSON: 'JSON in a string, such as "{}"',
    FieldType.ENUM: "one of its values",
    FieldType.EMAIL: "an e-mail address",
    FieldType.URL: 'a URL such as "https://example.org/"',
    FieldType.PHONE: 'a number such as "+431234567"',
    FieldType.CURRENCY: 'a code such as "EUR"',
    FieldType.COUNTRY: 'a code such as "AT"',
    FieldType.IP_ADDRESS: 'an address such as "192.0.2.1"',
    FieldType.COLOR: 'a color such as "#0a0b0c"',
    FieldType.TIMEZONE: 'a time zone such as "Europe/Vienna"',
}


def default_of(type_: FieldType, term: str) -> Default | None:
    """None if the term is no value of the type."""
    if not is_literal(term):
        return None
    value = literal(term)
    if value.value == "now" and type_ in _TEMPORAL:
        return Now()
    return _READERS[type_](term, value)


def _matching(pattern: re.Pattern[str]) -> Callable[[str, Literal], Default | None]:
    return lambda _, value: value.value if pattern.match(value.value) else None


def _text(_: str, value: Literal) -> Default | None:
    strings = (XSD + "string", RDF + "langString", XSD + "token", XSD + "normalizedString")
    return value.value if value.datatype in strings else None


def _whole(bits: int) -> Callable[[str, Literal], Default | None]:
    def read(term: str, _: Literal) -> Default | None:
        number = number_of(term)
        if number is None or number != number.to_integral_value():
            return None
        return int(number) if -(2 ** (bits - 1)) <= number < 2 ** (bits - 1) else None

    return read


def _number(term: str, _: Literal) -> Default | None:
    return number_of(term)


def _boolean(_: str, value: Literal) -> Default | None:
    if value.datatype != XSD + "boolean":
        return None
    return {"true": True, "1": True, "false": False, "0": False}.get(value.value)


def _parsed(parse: Callable[[str], object]) -> Callable[[str, Literal], Default | None]:
    def read(_: str, value: Literal) -> Default | None:
        try:
            return str(parse(value.value))
        except ValueError:
            return None

    return read


def _date_time(text: str) -> str:
    """Without an offset, it is UTC."""
    time = dt.datetime.fromisoformat(text)
    return (time if time.tzinfo else time.replace(tzinfo=dt.UTC)).isoformat()


def _json(text: str) -> str:
    return json.dumps(json.loads(text, parse_constant=_refuse), ensure_ascii=False)


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _json_value(_: str, value: Literal) -> Default | None:
    """JSON in a string; a bare number or boolean is JSON as it is."""
    try:
        return _json(value.value)
    except (ValueError, RecursionError):
        return None


_READERS: Mapping[FieldType, Callable[[str, Literal], Default | None]] = {
    FieldType.STRING: _text,
    FieldType.TEXT: _text,
    FieldType.UUID: _parsed(UUID),
    FieldType.INTEGER: _whole(32),
    FieldType.BIG_INTEGER: _whole(64),
    FieldType.FLOAT: _number,
    FieldType.DECIMAL: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _parsed(dt.date.fromisoformat),
    FieldType.TIME: _parsed(lambda text: dt.time.fromisoformat(text).isoformat()),
    FieldType.DATE_TIME: _parsed(_date_time),
    FieldType.INTERVAL: _matching(_INTERVAL),
    FieldType.JSON: _json_value,
    FieldType.BINARY: lambda _, __: None,
    FieldType.ENUM: _text,
    FieldType.EMAIL: _matching(_EMAIL),
    FieldType.URL: _matching(_URL),
    FieldType.PHONE: _matching(_PHONE),
    FieldType.CURRENCY: _matching(_CURRENCY),
    FieldType.COUNTRY: _matching(_COUNTRY),
    FieldType.IP_ADDRESS: _parsed(ipaddress.ip_address),
    FieldType.COLOR: _matching(_COLOR),
    FieldType.TIMEZONE: _matching(_TIMEZONE),
}
