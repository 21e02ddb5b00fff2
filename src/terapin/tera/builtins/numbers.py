from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from terapin.tera.builtins.checks import boolean, integer, number, size, string
from terapin.tera.errors import FaultError

_UNITS: Final = ("B", "kB", "MB", "GB", "TB", "PB", "EB")
_BINARY_UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


def abs_(value: object) -> int | float:
    return abs(number(value))


def pluralize(value: object, plural: object = "s", singular: object = "") -> str:
    many, one = string(plural, "plural"), string(singular, "singular")
    return one if abs(number(value)) == 1 else many


# Of the powers of ten that are floats.
_DIGITS = 308


def round_(value: object, method: object = "common", precision: object = 0) -> float | None:
    """None, which is JSON's null, where the number of digits leads beyond what a float can hold."""
    name, digits = string(method, "method"), integer(precision, "precision")
    if name not in _ROUNDING:
        raise FaultError(f"needs `common`, `ceil` or `floor` as `method`, got `{name}`")
    if abs(digits) > _DIGITS:
        return None
    factor = 10.0**digits
    scaled = float(number(value)) * factor
    if not math.isfinite(scaled):
        return None
    return math.copysign(_ROUNDING[name](scaled), scaled) / factor


def _half_away_from_zero(value: float) -> float:
    size = abs(value)
    whole = math.floor(size)
    return math.copysign(whole + (size - whole >= 0.5), value)


_ROUNDING: Final[dict[str, Callable[[float], float]]] = {
    "common": _half_away_from_zero,
    "ceil": math.ceil,
    "floor": math.floor,
}


def filesizeformat(value: object, binary: object = False) -> str:
    amount = float(size(value))
    units = _BINARY_UNITS if boolean(binary, "binary") else _UNITS
    power = 0
    while amount >= 1024:
        amount, power = amount / 1024, power + 1
    return f"{amount:.{0 if amount.is_integer() else 2}f} {units[power]}"


FILTERS: Final[dict[str, Callable[..., object]]] = {
    f.__name__.removesuffix("_"): f for f in (abs_, pluralize, round_, filesizeformat)
}
