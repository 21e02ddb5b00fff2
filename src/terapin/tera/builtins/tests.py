from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from terapin.tera.builtins.checks import number as checked_number
from terapin.tera.builtins.checks import string as checked_string
from terapin.tera.builtins.regex import matches
from terapin.tera.operators import contains
from terapin.tera.values import is_array, is_map, is_number


def string(value: object) -> bool:
    return isinstance(value, str)


def number(value: object) -> bool:
    return is_number(value)


def odd(value: object) -> bool:
    return math.fmod(checked_number(value), 2) != 0


def even(value: object) -> bool:
    return not odd(value)


def divisibleby(value: object, divisor: object) -> bool:
    dividend, by = float(checked_number(value)), float(checked_number(divisor))
    return by != 0 and math.fmod(dividend, by) == 0


def iterable(value: object) -> bool:
    return is_array(value) or is_map(value)


def object_(value: object) -> bool:
    return is_map(value)


def starting_with(value: object, prefix: object) -> bool:
    return checked_string(value).startswith(checked_string(prefix))


def ending_with(value: object, suffix: object) -> bool:
    return checked_string(value).endswith(checked_string(suffix))


def containing(value: object, item: object) -> bool:
    return contains(value, item)


def matching(value: object, pattern: object) -> bool:
    return matches(checked_string(pattern), checked_string(value))


# `defined` and `undefined` are the compiler's: nothing can be called on what is not there.
TESTS: Final[dict[str, Callable[..., object]]] = {
    f.__name__.removesuffix("_"): f
    for f in (
        *(string, number, odd, even, divisibleby, iterable, object_),
        *(starting_with, ending_with, containing, matching),
    )
}
