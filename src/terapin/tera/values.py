"""The kinds of Python values that templates know, and looking inside them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from functools import cached_property
from types import FunctionType, MemberDescriptorType, ModuleType
from typing import Final, TypeGuard

from terapin.tera.errors import FaultError, UndefinedError

ARRAYS: Final = (list, tuple, range)
_OPAQUE: Final = (type, ModuleType, FunctionType)


class Missing:
    """The result of looking up what does not exist, where that is allowed."""

    def __bool__(self) -> bool:
        return False


MISSING: Final = Missing()


def is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_array(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, ARRAYS)


def is_map(value: object) -> bool:
    return isinstance(value, Mapping) or (dataclasses.is_dataclass(value) and not is_opaque(value))


def is_opaque(value: object) -> bool:
    return isinstance(value, _OPAQUE)


def kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, bool):
        return "a boolean"
    if is_number(value):
        return "a number"
    if is_array(value):
        return "an array"
    if is_map(value):
        return "a map"
    return f"a Python {type(value).__name__}"


_readable: dict[type, frozenset[str]] = {}


def readable(cls: type) -> frozenset[str]:
    """The attributes of a class that templates see: its public fields and properties."""
    if cls not in _readable:
        _readable[cls] = _public_names(cls)
    return _readable[cls]


def _public_names(cls: type) -> frozenset[str]:
    names = {f.name for f in dataclasses.fields(cls)} if dataclasses.is_dataclass(cls) else set()
    for base in cls.__mro__:
        slots = vars(base).get("__slots__", ())
        for name, value in vars(base).items():
            is_slot = isinstance(value, MemberDescriptorType) and name in slots
            if is_slot or isinstance(value, property | cached_property):
                names.add(name)
    return frozenset(name for name in names if not name.startswith("_"))


def member(value: object, key: object) -> object:
    found = peek(value, key)
    if found is MISSING:
        raise _no_member(value, str(key))
    return found


def peek(value: object, key: object) -> object:
    """`value.key` or `value[key]`, or MISSING if there is none."""
    cls = type(value)
    if cls is dict and key in value:  # type: ignore[operator]
        return value[key]  # type: ignore[index]
    if cls in _readable and key in _readable[cls]:
        return getattr(value, key)
    if value is MISSING or key is MISSING:
        return MISSING
    return _find(value, key)


def _find(value: object, key: object) -> object:
    if isinstance(value, Mapping):
        return value.get(str(key), MISSING)
    if is_array(value):
        return _item(value, key)
    if isinstance(key, str) and key in readable(type(value)):
        return getattr(value, key)
    return _instance_attribute(value, str(key))


def index(key: object) -> str | int | float:
    if not is_index(key):
        raise FaultError(f"needs a string or a number as index, got {kind(key)}")
    return key


def soft_index(key: object) -> object:
    return key if is_index(key) else MISSING


def is_index(key: object) -> TypeGuard[str | int | float]:
    return isinstance(key, str | int | float) and not isinstance(key, bool)


def _item(array: Sequence[object], key: object) -> object:
    digits = str(key)
    plain = digits.isascii() and digits.isdigit() and (digits == "0" or digits[0] != "0")
    if not plain or int(digits) >= len(array):
        return MISSING
    return array[int(digits)]


def _instance_attribute(value: object, key: str) -> object:
    if key.startswith("_") or is_opaque(value) or dataclasses.is_dataclass(value):
        return MISSING
    return getattr(value, "__dict__", {}).get(key, MISSING)


def _no_member(value: object, key: str) -> UndefinedError:
    if is_array(value):
        count = len(value)
        return UndefinedError((), key, f"the array has {count} element{'s' if count != 1 else ''}")
    names = member_names(value)
    return UndefinedError(names, key, "" if names else f"{kind(value)} has no members")


def member_names(value: object) -> list[str]:
    if isinstance(value, Mapping):
        return [str(key) for key in value]
    if is_opaque(value):
        return []
    readables = readable(type(value))
    fields = [name for name, _ in fields_of(value)]
    instance = [] if fields else [n for n in getattr(value, "__dict__", {}) if n[0] != "_"]
    return [*fields, *sorted(readables.difference(fields)), *instance]


def fields_of(value: object) -> list[tuple[str, object]]:
    """The public fields of a dataclass instance; nothing for other objects."""
    if is_opaque(value) or not dataclasses.is_dataclass(value):
        return []
    names = (f.name for f in dataclasses.fields(value))
    return [(name, getattr(value, name)) for name in names if not name.startswith("_")]


def items(value: object) -> list[tuple[str, object]]:
    """The entries of a map in the order of their keys, which is how they are always shown."""
    entries = value.items() if isinstance(value, Mapping) else fields_of(value)
    pairs = list(entries)
    if not all(isinstance(key, str) for key, _ in pairs):
        raise FaultError("needs a map whose keys are strings")
    return sorted(pairs, key=lambda pair: pair[0])
