"""Where something is stated."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """The triple that said something, in N-Triples spelling, so that its position can be found when it is needed."""

    subject: str
    predicate: str | None = None
    object: str | None = None
