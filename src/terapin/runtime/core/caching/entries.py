"""What is kept, and for how long."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

# Beyond it an answer is not kept: it would push out many others, and hold up everybody who asks Redis.
MAX_BYTES = 1024 * 1024
# Answers that were made together should not end together.
_SPREAD = 0.1


@dataclass(frozen=True, slots=True)
class Entry:
    """`negative` says that there is nothing."""

    body: bytes
    negative: bool = False


Load = Callable[[], Awaitable[Entry]]


@dataclass(frozen=True, slots=True)
class Lifetime:
    """In seconds; 0 keeps nothing."""

    ttl: float
    stale_for: float = 0.0
    negative_ttl: float = 0.0

    def of(self, entry: Entry, chance: Callable[[], float] = random.random) -> Lifetime:
        """What holds for this entry, a little shortened by chance. There is no stale nothing."""
        ttl = self.negative_ttl if entry.negative else self.ttl
        stale_for = 0.0 if entry.negative else self.stale_for
        return Lifetime(ttl * (1 - _SPREAD * chance()), stale_for)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for, on what its answer depends, how it is made, and how long it is kept."""

    key: str
    tags: frozenset[str]
    load: Load
    lifetime: Lifetime
