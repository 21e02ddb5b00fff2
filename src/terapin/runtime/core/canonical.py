"""One text for equal values, in every process, whatever the seed of its hashes."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import hashlib
import json
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from pathlib import PurePath
from typing import Any
from uuid import UUID

from pydantic import BaseModel


def digest(value: Any) -> str:
    """Of a value's canonical form; raises TypeError where it has none."""
    text = json.dumps(canonical(value), separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def canonical(value: Any) -> Any:
    """As JSON in which values that differ, be it by their type, are spelt differently."""
    match value:
        case None | bool():
            return value
        case enum.Enum():
            return [full_name(type(value)), value.name]
        case int():
            return ["int", str(int(value))]
        case str():
            return str(value)
        case float():
            return ["float", repr(value)]
        case bytes() | bytearray():
            return ["bytes", value.hex()]
        case UUID() | decimal.Decimal() | PurePath():
            return [type(value).__name__, str(value)]
        case dt.date() | dt.time():
            return [type(value).__name__, value.isoformat()]
        case dt.timedelta():
            return ["timedelta", [value.days, value.seconds, value.microseconds]]
        case BaseModel():
            return [full_name(type(value)), _pairs(dict(value))]
        case type():
            return ["type", full_name(value)]
        case Mapping():
            return ["mapping", _pairs(value)]
        case Set():
            return ["set", sorted(map(canonical, value), key=json.dumps)]
        case list() | tuple():
            return [type(value).__name__, [canonical(each) for each in value]]
    if is_dataclass(value):
        parts = {field.name: getattr(value, field.name) for field in fields(value)}
        return [full_name(type(value)), _pairs(parts)]
    raise TypeError(
        f"a {full_name(type(value))} has no canonical form, so it cannot be part of a key: "
        "pass what identifies it instead"
    )


def full_name(named: Any) -> str:
    """Of a class or a function."""
    return f"{named.__module__}.{named.__qualname__}"


def _pairs(value: Mapping[Any, Any]) -> list[Any]:
    pairs = [[canonical(key), canonical(each)] for key, each in value.items()]
    return sorted(pairs, key=json.dumps)
