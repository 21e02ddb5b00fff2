from __future__ import annotations

from collections.abc import Sequence

from terapin.tera.errors import FaultError
from terapin.tera.values import is_array, is_number, kind, peek

_I64_MIN, _I64_MAX, _U64_MAX = -(2**63), 2**63 - 1, 2**64 - 1


def _wrong(value: object, wanted: str, argument: str) -> FaultError:
    if argument:
        return FaultError(f"needs {wanted} as `{argument}`, got {kind(value)}")
    return FaultError(f"needs {wanted}, got {kind(value)}")


def string(value: object, argument: str = "") -> str:
    if not isinstance(value, str):
        raise _wrong(value, "a string", argument)
    return str.__str__(value)


def number(value: object, argument: str = "") -> int | float:
    if not is_number(value):
        raise _wrong(value, "a number", argument)
    return value


def integer(value: object, argument: str = "") -> int:
    if not is_number(value) or not isinstance(value, int):
        raise _wrong(value, "an integer", argument)
    if not _I64_MIN <= value <= _I64_MAX:
        raise FaultError("needs an integer of at most 64 bits")
    return value


def size(value: object, argument: str = "") -> int:
    """An integer from 0, which may take all 64 bits."""
    if isinstance(value, int) and _I64_MAX < value <= _U64_MAX:
        return value
    count = integer(value, argument)
    if count < 0:
        raise FaultError(f"needs an integer that is not negative, got {count}")
    return count


def boolean(value: object, argument: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong(value, "a boolean", argument)
    return value


def array(value: object) -> Sequence[object]:
    if not is_array(value):
        raise _wrong(value, "an array", "")
    return value


def attribute(value: object, path: str) -> object:
    """What `a.b.0` leads to, or MISSING."""
    for key in path.split(".") if path else ():
        value = peek(value, key)
    return value


def unescaped(pattern: str) -> str:
    """Strings have no escapes, but Tera's separators and patterns read these two."""
    return pattern.replace("\\n", "\n").replace("\\t", "\t")
