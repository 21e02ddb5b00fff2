"""Comparing, computing and joining, as Tera does it on JSON's values.

What is no number is NaN within arithmetic, and the text "NaN" once it is used otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from terapin.tera.errors import FaultError
from terapin.tera.printing import json_number
from terapin.tera.values import fields_of, is_array, is_map, is_number, items, kind

_I64_MIN: Final = -(2**63)
_I64_MAX: Final = 2**63 - 1
_U64_MAX: Final = 2**64 - 1
_OVERFLOW: Final = "overflows: the result does not fit into 64 bits"


def same(left: object, right: object) -> bool:
    """Equality inside arrays and maps: `1`, `1.0` and `true` all differ."""
    if is_number(left) and is_number(right):
        return isinstance(left, int) is isinstance(right, int) and left == right
    if is_array(left) and is_array(right):
        return len(left) == len(right) and all(map(same, left, right))
    if is_map(left) and is_map(right):
        ours, theirs = items(left), items(right)
        return len(ours) == len(theirs) and all(
            a == b and same(v, w) for (a, v), (b, w) in zip(ours, theirs, strict=True)
        )
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return not is_number(left) and not is_number(right) and left == right


def equal(left: object, right: object) -> bool:
    if type(left) is str and type(right) is str:
        return left == right
    if is_number(left) and is_number(right):
        return float(left) == float(right)
    return same(left, right)


def unequal(left: object, right: object) -> bool:
    # A number and something else are neither equal nor unequal: both `==` and `!=` are false.
    if is_number(left) is not is_number(right):
        return False
    return not equal(left, right)


def compare(left: object, operator: str, right: object) -> bool:
    a, b = float(operand(left)), float(operand(right))
    if math.isnan(a) or math.isnan(b):
        raise FaultError("cannot compare with NaN")
    if operator == "<":
        return a < b
    if operator == "<=":
        return a <= b
    return a > b if operator == ">" else a >= b


def contains(container: object, item: object) -> bool:
    if is_array(container):
        return any(same(element, item) for element in container)
    if not isinstance(container, str) and not is_map(container):
        raise FaultError(f"needs an array, a map or a string to look in, got {kind(container)}")
    if not isinstance(item, str):
        raise FaultError(f"needs a string to look for in {kind(container)}, got {kind(item)}")
    if isinstance(container, str):
        return item in container
    return item in (container if isinstance(container, Mapping) else dict(fields_of(container)))


def operand(value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FaultError(f"needs numbers, got {kind(value)}")
    return value


def add(left: object, right: object) -> int | float:
    a, b = operand(left), operand(right)
    if are_integers(a, b):
        return _checked(a, b, a + b)
    return _bounded(float(a) + float(b))


def subtract(left: object, right: object) -> int | float:
    a, b = operand(left), operand(right)
    if are_integers(a, b):
        return _checked(a, b, a - b)
    return _bounded(float(a) - float(b))


def multiply(left: object, right: object) -> int | float:
    a, b = operand(left), operand(right)
    if are_integers(a, b):
        return _checked(a, b, a * b)
    return _finite(float(a) * float(b))


def divide(left: object, right: object) -> int | float:
    a, b = float(operand(left)), float(operand(right))
    return math.nan if b == 0 else whole(_finite(a / b))


def modulo(left: object, right: object) -> int | float:
    a, b = operand(left), operand(right)
    if not are_integers(a, b):
        return math.nan if b == 0 or not math.isfinite(a) else math.fmod(a, b)
    if b == 0:
        raise FaultError("cannot divide by zero")
    # The sign is the dividend's, as in Rust and unlike Python.
    return int(abs(a) % abs(b) * (-1 if a < 0 else 1))


def are_integers(a: int | float, b: int | float) -> bool:
    """Whether both fit into 64 bits, signed or unsigned; other pairs are computed as floats."""
    if not isinstance(a, int) or not isinstance(b, int):
        return False
    return (a >= 0 and b >= 0) or (_is_signed(a) and _is_signed(b))


def _is_signed(number: int | float) -> bool:
    return _I64_MIN <= number <= _I64_MAX


def _checked(a: int | float, b: int | float, result: int | float) -> int | float:
    fits = _is_signed(result) if _is_signed(a) and _is_signed(b) else 0 <= result <= _U64_MAX
    if not fits:
        raise FaultError(_OVERFLOW)
    return result


def whole(number: float) -> int | float:
    """`10 / 5` is the integer 2."""
    if not math.isfinite(number) or not number.is_integer():
        return number
    return saturated(number)


def saturated(number: float) -> int:
    """Rust's conversion to a 64-bit integer, which stops at the ends of its range."""
    if math.isnan(number):
        return 0
    if abs(number) < 2**63:
        return int(number)
    return _I64_MAX if number > 0 else _I64_MIN


def _bounded(number: float) -> float:
    if math.isinf(number):
        raise FaultError(_OVERFLOW)
    return number


def _finite(number: float) -> float:
    return number if math.isfinite(number) else math.nan


def settle(number: int | float) -> int | float | str:
    return "NaN" if number != number else number


def nonzero(number: int | float) -> bool:
    return number == number and number != 0


def concat(*values: object) -> str:
    return "".join([_concat_text(value) for value in values])


def _concat_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if is_number(value):
        return json_number(value)
    raise FaultError(f"joins strings and numbers, got {kind(value)}")
