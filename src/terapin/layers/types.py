"""How each type of a field is written in Python, as a column, and on the wire."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from ..model import Entity, Field, FieldType, Now, Scalar, ServiceModel, naming
from .python import Imports, literal


@dataclass(frozen=True, slots=True)
class Spelling:
    """`annotation` is what `Mapped[...]` holds, `column` the SQLAlchemy type where the annotation does not imply it.

    `wire` is the name in core's `wire` (or, where `domain`, `domain_types`) module. The names to import are by module.
    """

    annotation: str
    wire: str
    column: str | None = None
    imports: tuple[tuple[str, str], ...] = ()
    modules: tuple[str, ...] = ()
    domain: bool = False


_DT = ("datetime as dt",)
# By its module: entities are often called like a domain type.
_UTILS = "sqlalchemy_utils"

SPELLINGS = {
    FieldType.STRING: Spelling("str", "Text", "String({length})", (("sqlalchemy", "String"),)),
    FieldType.TEXT: Spelling("str", "Text", "Text", (("sqlalchemy", "Text"),)),
    FieldType.UUID: Spelling("UUID", "UUID", imports=(("uuid", "UUID"),)),
    FieldType.INTEGER: Spelling("int", "Integer"),
    FieldType.BIG_INTEGER: Spelling(
        "int", "BigInteger", "BigInteger", (("sqlalchemy", "BigInteger"),)
    ),
    FieldType.FLOAT: Spelling("float", "Float", "Double", (("sqlalchemy", "Double"),)),
    FieldType.DECIMAL: Spelling(
        "Decimal",
        "Decimal",
        "Numeric({precision}, {scale})",
        (("sqlalchemy", "Numeric"), ("decimal", "Decimal")),
    ),
    FieldType.BOOLEAN: Spelling("bool", "Boolean"),
    FieldType.DATE: Spelling("dt.date", "Date", modules=_DT),
    FieldType.TIME: Spelling("dt.time", "Time", modules=_DT),
    FieldType.DATE_TIME: Spelling("dt.datetime", "DateTime", modules=_DT),
    FieldType.INTERVAL: Spelling("dt.timedelta", "Interval", modules=_DT),
    FieldType.JSON: Spelling(
        "Any",
        "JSON",
        "JSONB(none_as_null=True)",
        (("sqlalchemy.dialects.postgresql", "JSONB"), ("typing", "Any")),
    ),
    FieldType.BINARY: Spelling("bytes", "Binary"),
    FieldType.ENUM: Spelling("{enum}", "{enum}", "text_enum({enum})"),
    FieldType.EMAIL: Spelling("str", "Email", f"{_UTILS}.EmailType", modules=(_UTILS,)),
    FieldType.URL: Spelling(
        "furl", "URL", f"{_UTILS}.URLType", (("furl", "furl"),), (_UTILS,), domain=True
    ),
    FieldType.PHONE: Spelling(
        f"{_UTILS}.PhoneNumber",
        "Phone",
        f"{_UTILS}.PhoneNumberType()",
        modules=(_UTILS,),
        domain=True,
    ),
    FieldType.CURRENCY: Spelling(
        f"{_UTILS}.Currency", "Currency", f"{_UTILS}.CurrencyType", modules=(_UTILS,), domain=True
    ),
    FieldType.COUNTRY: Spelling(
        f"{_UTILS}.Country", "Country", f"{_UTILS}.CountryType", modules=(_UTILS,), domain=True
    ),
    FieldType.IP_ADDRESS: Spelling(
        "IPv4Address | IPv6Address",
        "IPAddress",
        f"{_UTILS}.IPAddressType",
        (("ipaddress", "IPv4Address"), ("ipaddress", "IPv6Address")),
        (_UTILS,),
        domain=True,
    ),
    FieldType.COLOR: Spelling(
        "RGB", "Color", f"{_UTILS}.ColorType", (("colour", "Color as RGB"),), (_UTILS,), domain=True
    ),
    FieldType.TIMEZONE: Spelling(
        "ZoneInfo",
        "Timezone",
        f'{_UTILS}.TimezoneType(backend="zoneinfo")',
        (("zoneinfo", "ZoneInfo"),),
        (_UTILS,),
        domain=True,
    ),
}


# The database's function for the default "now".
NOW = {FieldType.DATE: "current_date", FieldType.TIME: "localtime", FieldType.DATE_TIME: "now"}


def types_of(model: ServiceModel) -> set[FieldType]:
    """Of fields, of parameters (also of tasks) and of answers."""
    return {
        *(field.type for entity in model.entities.values() for field in entity.fields),
        *(parameter.type for each in model.endpoints for parameter in each.parameters),
        *(each.response for each in model.endpoints if isinstance(each.response, FieldType)),
        *(parameter.type for task in model.tasks for parameter in task.parameters),
    }


def import_spelling(field: Field, imports: Imports) -> Spelling:
    """The spelling of a field's type, with its names added to `imports`."""
    spelling = SPELLINGS[field.type]
    for module in spelling.modules:
        imports.module(module)
    for module, name in spelling.imports:
        imports.name(module, name)
    return spelling


def import_annotation(spelling: Spelling, imports: Imports) -> str:
    """The annotation, with its own names alone added to `imports`: not those of the column."""
    for module in spelling.modules:
        if f"{module.split()[-1]}." in spelling.annotation:
            imports.module(module)
    for module, name in spelling.imports:
        if name == spelling.annotation:
            imports.name(module, name)
    return spelling.annotation


def enum_name(entity: Entity, field: Field) -> str:
    return naming.enum_name(entity.class_name, field.attribute)


@lru_cache(maxsize=4096)
def enum_members(values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Names and values; a name that is taken or would be no name gets a number."""
    members: dict[str, str] = {}
    for value in values:
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", value)
        name = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_").upper() or "VALUE"
        name = f"VALUE_{name}" if name[0].isdigit() else name
        unique, number = name, 2
        while unique in members:
            unique, number = f"{name}_{number}", number + 1
        members[unique] = value
    return tuple(members.items())


def default_literal(entity: Entity, field: Field, imports: Imports) -> str:
    """An expression for the field's default, its names added to `imports`."""
    assert field.default is not None
    assert not isinstance(field.default, Now)
    if field.type is FieldType.ENUM:
        names = {value: name for name, value in enum_members(field.values)}
        return f"{enum_name(entity, field)}.{names[str(field.default)]}"
    return value_literal(field.type, field.default, imports)


def value_literal(type_: FieldType, value: Scalar, imports: Imports) -> str:
    """An expression for a value of the type, its names added to `imports`."""
    text = str(value)
    match type_:
        case FieldType.DECIMAL:
            imports.name("decimal", "Decimal")
            return literal(Decimal(text))
        case FieldType.FLOAT:
            return repr(float(text))
        case FieldType.INTEGER | FieldType.BIG_INTEGER:
            return repr(int(text))
        case FieldType.BOOLEAN:
            return repr(bool(value))
        case FieldType.UUID:
            imports.name("uuid", "UUID")
            return f"UUID({literal(text)})"
        case FieldType.DATE | FieldType.TIME | FieldType.DATE_TIME | FieldType.INTERVAL:
            imports.module("datetime as dt")
            return _temporal(type_, text)
        case FieldType.JSON:
            return repr(json.loads(text))
        case FieldType.BINARY:
            return repr(base64.b64decode(text))
        case _:
            return literal(text)


def model_default(default: str, imports: Imports) -> str:
    """A default as a Pydantic model states it: what could be changed is made anew for each instance."""
    if default[0] not in "[{":
        return default
    imports.name("pydantic", "Field")
    return f"Field(default_factory=lambda: {default})"


def _temporal(type_: FieldType, text: str) -> str:
    parsers = {
        FieldType.DATE: dt.date.fromisoformat,
        FieldType.TIME: dt.time.fromisoformat,
        FieldType.DATE_TIME: _datetime,
        FieldType.INTERVAL: _duration,
    }
    shown = repr(parsers[type_](text))
    return shown.replace("datetime.timezone.utc", "dt.UTC").replace("datetime.", "dt.")


def _datetime(text: str) -> dt.datetime:
    """In UTC, which is meant where no zone is given."""
    value = dt.datetime.fromisoformat(text)
    return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


_DURATION = re.compile(
    r"(?P<sign>-?)P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)


def _duration(text: str) -> dt.timedelta:
    """Of an ISO 8601 duration without years and months, whose length nobody knows."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f"not a duration: {text}")
    parts = {
        name: float(value) for name, value in match.groupdict().items() if value and name != "sign"
    }
    return dt.timedelta(**parts) * (-1 if match["sign"] else 1)
