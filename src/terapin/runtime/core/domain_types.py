"""Wire forms of the types of SQLAlchemy-Utils: each a string in one canonical spelling.

Columns hold objects (a `PhoneNumber`, a `Currency`), which clients neither send nor see: a schema takes
the string out of what a row holds, and the column's type makes the object of a string. What a type
needs is imported when it is used, because a service has only the types that its ontology names.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from ipaddress import ip_address
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import BeforeValidator, GetJsonSchemaHandler, WithJsonSchema
from pydantic_core import CoreSchema

from .wire import OBJECT, PLAIN


def _string(parse: Callable[[str], Any], spell: Callable[[Any], str]) -> BeforeValidator:
    """What a client sends is parsed and spelt, what a row holds is only spelt."""

    def convert(value: Any) -> Any:
        if isinstance(value, str):
            return spell(parse(value))
        if isinstance(value, (bool, int, float, list, dict)):
            raise ValueError("must be a string")
        return None if value is None else spell(value)

    return BeforeValidator(convert)


def _schema(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern})


@dataclass(frozen=True)
class _Codes:
    """Lists in the OpenAPI document the codes of a length that Babel knows, looked up when it is made."""

    kind: str
    length: int

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        from babel import Locale

        codes = getattr(Locale("en"), self.kind)
        return {
            "type": "string",
            "enum": sorted(code for code in codes if len(code) == self.length),
        }


def _parse_url(text: str) -> Any:
    from furl import furl

    url = furl(text)
    if url.scheme not in ("http", "https") or not url.host or not text.isascii():
        raise ValueError("must be an http or https URL, in ASCII")
    if furl(url.url).url != url.url:
        # Each reading would escape what is escaped, as behind `#?`.
        raise ValueError("must be a URL without a query behind #")
    return url


URL = Annotated[
    str,
    _string(_parse_url, lambda url: str(url.url)),
    _schema(
        r"^https?://([a-z0-9-]+\.)*[a-z0-9-]*[a-z0-9](:[1-9][0-9]{0,3})?"
        r"([/?][!$-;=?-Z_a-z~]*)?(#[A-Za-z0-9._~/-]*)?$"
    ),
    replace(PLAIN, kind="URL"),
]


def _parse_phone(text: str) -> Any:
    import phonenumbers
    from sqlalchemy_utils import PhoneNumber

    try:
        number = PhoneNumber(text)
    except phonenumbers.NumberParseException:
        raise ValueError("must be a phone number with its country, as +44…") from None
    if number.extension or not phonenumbers.is_possible_number(number):
        raise ValueError("must be a possible phone number without an extension")
    return number


Phone = Annotated[
    str,
    _string(_parse_phone, lambda number: str(number.e164)),
    _schema(r"^\+[1-9][0-9]{6,14}$"),
    replace(PLAIN, kind="Phone"),
]


def _parse_currency(text: str) -> Any:
    from sqlalchemy_utils import Currency

    try:
        return Currency(text)
    except ValueError:
        raise ValueError("must be a currency's code of three letters (ISO 4217)") from None


Currency = Annotated[
    str,
    _string(_parse_currency, lambda currency: str(currency.code)),
    _Codes("currencies", 3),
    replace(PLAIN, kind="Currency"),
]


def _parse_country(text: str) -> Any:
    from sqlalchemy_utils import Country

    try:
        if len(text) == 2:
            return Country(text)
    except ValueError:
        pass
    raise ValueError("must be a country's code of two letters (ISO 3166)")


Country = Annotated[
    str,
    _string(_parse_country, lambda country: str(country.code)),
    _Codes("territories", 2),
    replace(PLAIN, kind="Country"),
]


def _parse_address(text: str) -> Any:
    try:
        if "%" not in text:
            return ip_address(text)
    except ValueError:
        pass
    raise ValueError("must be an IPv4 or IPv6 address")


IPAddress = Annotated[
    str,
    _string(_parse_address, str),
    WithJsonSchema({"type": "string", "anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]}),
    replace(PLAIN, kind="IPAddress"),
]


def _parse_color(text: str) -> Any:
    from colour import Color

    try:
        if re.fullmatch("#([0-9A-Fa-f]{3}){1,2}|[A-Za-z]+", text):
            return Color(text)
    except (ValueError, AttributeError):
        pass
    raise ValueError("must be a color, as #rrggbb or by its name in CSS")


# No expression: `ColorType` keeps #ff0000 as #f00.
Color = Annotated[
    str,
    _string(_parse_color, lambda color: str(color.hex_l)),
    _schema("^#[0-9a-f]{6}$"),
    replace(OBJECT, kind="Color"),
]


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


def _parse_timezone(text: str) -> str:
    if text not in _timezones():
        raise ValueError("must be the name of a time zone, as Europe/Paris")
    return text


Timezone = Annotated[
    str,
    _string(_parse_timezone, str),
    WithJsonSchema({"type": "string", "examples": ["Europe/Paris"]}),
    replace(PLAIN, kind="Timezone"),
]
