"""JSON that can be read in one way only: what two readers could understand differently is refused."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NoReturn


def parsed(data: bytes) -> dict[str, Any]:
    """An object. Raises ValueError."""
    try:
        found = json.loads(data.decode(), object_pairs_hook=_unique, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(found, dict):
        raise ValueError("it is no object")
    return found


def _unique(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is there twice")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
