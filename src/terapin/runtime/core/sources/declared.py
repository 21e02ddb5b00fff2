"""Sources as a service declares them: names and kinds, of which each application opens its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .base import Source
from .manager import current_sources

S = TypeVar("S", bound=Source[Any])


@dataclass(frozen=True)
class Declared(Generic[S]):
    """`name` is also that of its settings."""

    name: str
    kind: type[S]

    @property
    def current(self) -> S:
        """That of the application in which this is running; LookupError where there is none."""
        return current_sources()[self]
