"""Which caches an application has open."""

from __future__ import annotations

from collections.abc import Collection
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from ..noticing import belongs_to
from ..sources.manager import Sources
from .cache import Cache

_open: WeakKeyDictionary[Sources, dict[str, Cache]] = WeakKeyDictionary()


def caches_of(sources: Sources) -> dict[str, Cache]:
    """By name."""
    return _open.setdefault(sources, {})


def caches_for(session: Session) -> Collection[Cache]:
    """Those of the application whose session it is."""
    for sources, caches in _open.items():
        if belongs_to(session, sources):
            return caches.values()
    return ()
