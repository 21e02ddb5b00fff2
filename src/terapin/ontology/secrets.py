"""Fields whose names say that they are secret."""

from __future__ import annotations

from terapin.model import FieldType
from terapin.model.naming import snake

from .statements import FieldStatement, is_true, value_of

_WORDS = ("password", "hash", "token", "secret", "api_key")
_TYPES = frozenset({FieldType.STRING, FieldType.TEXT, FieldType.BINARY})


def says_secret(field: FieldStatement) -> bool:
    """Whole words only, and only of fields that could hold one: `hash`, not `hashtag`; no counter of tokens."""
    if value_of(field.type) not in _TYPES or is_true(field.primary_key):
        return False
    name = f"_{snake(field.name)}_"
    return any(f"_{word}_" in name for word in _WORDS)
