"""Which relay an application runs, if any, so that whoever sends can call it directly."""

from __future__ import annotations

from typing import Protocol
from weakref import WeakKeyDictionary

from ..sources.manager import Sources


class Callable(Protocol):
    async def call(self) -> None:
        """Something may be due."""


_running: WeakKeyDictionary[Sources, Callable] = WeakKeyDictionary()


def relay_of(sources: Sources) -> Callable | None:
    return _running.get(sources)


def announce_relay(sources: Sources, relay: Callable | None) -> None:
    if relay is None:
        _running.pop(sources, None)
    else:
        _running[sources] = relay
