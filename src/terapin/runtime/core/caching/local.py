"""Entries in the memory of this process, bounded by number and by size, the least used forgotten first."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from .entries import Entry

T = TypeVar("T")

# What an entry takes beside its body, roughly.
_OVERHEAD = 500


class Watch:
    """Breaks when something changes that it was set upon: what was read meanwhile may be of before."""

    __slots__ = ("broken", "tags")

    def __init__(self, tags: frozenset[str]) -> None:
        self.tags = tags
        self.broken = False


@dataclass(frozen=True, slots=True)
class _Kept:
    entry: Entry
    tags: frozenset[str]
    fresh_until: float
    until: float

    @property
    def size(self) -> int:
        return len(self.entry.body) + _OVERHEAD


class Local:
    """`trusted_until` is how long this process can know that it hears of all changes."""

    def __init__(
        self,
        *,
        max_entries: int = 10_000,
        max_bytes: int = 64 * 1024 * 1024,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.bytes = 0
        self.trusted_until = 0.0
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._clock = clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._by_tag: dict[str, set[str]] = {}
        self._watches: dict[str, set[Watch]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: str) -> Entry | None:
        now = self._clock()
        kept = self._kept.get(key)
        if kept is None or now >= kept.fresh_until or now >= self.trusted_until:
            return None
        self._kept.move_to_end(key)
        return kept.entry

    def stale(self, key: str) -> Entry | None:
        """One that is past its time, but that nothing has overtaken."""
        kept = self._kept.get(key)
        if kept is None or self._clock() >= kept.until:
            return None
        return kept.entry

    @contextmanager
    def watching(self, tags: frozenset[str]) -> Iterator[Watch]:
        watch = Watch(tags)
        for tag in tags:
            self._watches.setdefault(tag, set()).add(watch)
        try:
            yield watch
        finally:
            for tag in tags:
                _discard(self._watches, tag, watch)

    def put(
        self, key: str, entry: Entry, watch: Watch, *, ttl: float, stale_for: float = 0.0
    ) -> None:
        """Keep what was read under a watch, if that has held."""
        if watch.broken or ttl <= 0:
            return
        self._forget(key)
        fresh_until = self._clock() + ttl
        kept = _Kept(entry, watch.tags, fresh_until, fresh_until + stale_for)
        self._kept[key] = kept
        self.bytes += kept.size
        for tag in kept.tags:
            self._by_tag.setdefault(tag, set()).add(key)
        while len(self._kept) > self._max_entries or self.bytes > self._max_bytes:
            self._forget(next(iter(self._kept)))

    def invalidate(self, tags: Iterable[str]) -> None:
        for tag in tags:
            for watch in self._watches.get(tag, ()):
                watch.broken = True
            for key in list(self._by_tag.get(tag, ())):
                self._forget(key)

    def _forget(self, key: str) -> None:
        kept = self._kept.pop(key, None)
        if kept is None:
            return
        self.bytes -= kept.size
        for tag in kept.tags:
            _discard(self._by_tag, tag, key)


def _discard(index: dict[str, set[T]], tag: str, member: T) -> None:
    members = index[tag]
    members.discard(member)
    if not members:
        del index[tag]
