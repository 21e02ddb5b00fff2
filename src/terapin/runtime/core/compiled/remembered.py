"""What was made for earlier requests."""

from __future__ import annotations

from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

_LIMIT = 1024


class Remembered(dict[Key, Value]):
    """The ones made last: what is still asked for is soon made again, and to find it takes no call of Python's."""

    def __setitem__(self, key: Key, value: Value) -> None:
        super().__setitem__(key, value)
        if len(self) > _LIMIT:
            del self[next(iter(self))]
