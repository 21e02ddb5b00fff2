"""JSON Merge Patch (RFC 7396), and whether it changes anything."""

from __future__ import annotations

from typing import Any

from .spelling import json_text


def merged(target: Any, patch: Any) -> Any:
    """A new value: objects merge key by key, null removes a key, everything else replaces."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def is_same(one: Any, other: Any) -> bool:
    """As `jsonb` has it: 1, 1.0 and true differ; -0.0 is 0.0, 1e16 is 10000000000000000, and keys have no order."""
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(is_same(one[key], other[key]) for key in one)
        case list(), list():
            return len(one) == len(other) and all(map(is_same, one, other))
        case (bool(), _) | (_, bool()):
            return one is other
        case int() | float(), int() | float():
            return json_text(one) == json_text(other)
    return bool(one == other)
