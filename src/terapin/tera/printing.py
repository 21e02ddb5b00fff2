"""Values as text: in the output and in JSON."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Final

from terapin.tera.errors import FaultError
from terapin.tera.values import is_array, is_map, is_number, items, kind


def show(value: object) -> str:
    """The text of `{{ value }}`."""
    if isinstance(value, str):
        return str.__str__(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return decimal_text(value)
    if is_array(value):
        return f"[{', '.join(show(item) for item in value)}]"
    if is_map(value):
        return "[object]"
    raise FaultError(f"cannot print {kind(value)}")


_HTML: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;", "/": "&#x2F;"}
)


def escape_html(text: str) -> str:
    return text.translate(_HTML)


def show_escaped(value: object) -> str:
    return escape_html(show(value))


def decimal_text(number: float) -> str:
    """Without an exponent and, for whole numbers, without a fraction."""
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else repr(number)
    return format(_shortest(number), "f").removesuffix(".0")


def _shortest(number: float) -> Decimal:
    """The fewest digits that tell the number apart; of two that are as near, the larger.

    That is Rust's choice; Python's is the even one, as is that of Tera's JSON.
    """
    short, exact = Decimal(repr(number)), Decimal(number)
    unit = Decimal(1).scaleb(int(short.as_tuple().exponent))
    if abs(exact) > abs(short) and abs(exact - short) * 2 == unit:
        return short + unit.copy_sign(short)
    return short


def json_number(number: int | float) -> str:
    """As in JSON: whole floats keep their `.0`, exponents begin at 1e16 and below 1e-5."""
    if isinstance(number, int):
        return int.__repr__(number)
    if not math.isfinite(number):
        return "null"
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    point = len(digits) + int(exponent)
    if number == 0 or -5 < point <= 16:
        text = format(Decimal(repr(number)), "f")
        return text if "." in text else text + ".0"
    first, *rest = map(str, digits)
    mantissa = f"{first}.{''.join(rest)}" if rest else first
    return f"{'-' if sign else ''}{mantissa}e{point - 1}"


def to_json(value: object, *, pretty: bool = False) -> str:
    return _json(value, "\n" if pretty else "")


def _json(value: object, newline: str) -> str:
    """`newline` ends with the indentation, or is empty if everything stays on one line."""
    deeper = newline and newline + "  "
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if is_number(value):
        return json_number(value)
    if is_array(value):
        return _bracketed("[", [_json(item, deeper) for item in value], "]", newline)
    if is_map(value):
        colon = ": " if newline else ":"
        entries = [_json(key, "") + colon + _json(item, deeper) for key, item in items(value)]
        return _bracketed("{", entries, "}", newline)
    if value is None or isinstance(value, bool):
        return show(value) or "null"
    raise FaultError(f"cannot turn {kind(value)} into JSON")


def _bracketed(opening: str, parts: list[str], closing: str, newline: str) -> str:
    if not newline or not parts:
        return f"{opening}{','.join(parts)}{closing}"
    inner = newline + "  "
    return f"{opening}{inner}{f',{inner}'.join(parts)}{newline}{closing}"
