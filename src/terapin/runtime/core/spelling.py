"""Numbers and JSON as PostgreSQL spells them, so that an answer has the same bytes whoever makes it."""

from __future__ import annotations

import math
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

# From here on neighbouring doubles are further apart than 1, so that digits can lie just between two of them.
_SPARSE = 2.0**53
# Powers of ten that are spelt out.
_LEAST, _MOST = -4, 14


def float_text(value: float) -> str:
    """The fewest digits that are nearer to this double than to any other, which is more than `repr` promises."""
    text = repr(value)
    if abs(value) >= _SPARSE:
        digits = len(Decimal(text).normalize().as_tuple().digits)
        while _is_between(Decimal(text), value):
            text = f"{value:.{digits}e}"
            digits += 1
    number = Decimal(text)
    if number == 0:
        return "-0" if math.copysign(1, value) < 0 else "0"
    number = number.normalize()
    power = number.adjusted()
    if _LEAST <= power <= _MOST:
        return format(number, "f")
    sign, digits_, _ = number.as_tuple()
    first, *rest = map(str, digits_)
    fraction = f".{''.join(rest)}" if rest else ""
    return f"{'-' * sign}{first}{fraction}e{'-' if power < 0 else '+'}{abs(power):02}"


def _is_between(number: Decimal, value: float) -> bool:
    """Whether it is as near to the next double as to this one."""
    beyond = math.nextafter(value, math.inf if number > Decimal(value) else -math.inf)
    return not math.isinf(beyond) and int(value) + int(beyond) == 2 * int(number)


def json_text(value: Any) -> str:
    """As `jsonb` is printed: its numbers are decimal ones, however they were written."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return encode_basestring(value)
        case int():
            return int.__repr__(value)
        case float():
            # A decimal zero has no sign.
            return format(Decimal(repr(value or abs(value))), "f")
        case dict():
            pairs = (f"{encode_basestring(key)}: {json_text(each)}" for key, each in value.items())
            return f"{{{', '.join(pairs)}}}"
        case list() | tuple():
            return f"[{', '.join(map(json_text, value))}]"
    raise TypeError(f"{type(value).__name__} is not JSON")
