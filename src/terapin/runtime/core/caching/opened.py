"""Which caches an application has open."""

from __future__ import annotations

from collections.abc import Collection
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from ..database import Database
from ..sources.manager import Sources
from .cache import Cache

_open: WeakKeyDictionary[Sources, dict[str, Cache]] = WeakKeyDictionary()


def caches_of(sources: Sources) -> dict[str, Cache]:
    """By name."""
    return _open.setdefault(sources, {})


def caches_for(session: Session) -> Collection[Cache]:
    """Those of the application whose session it is, be it one that nobody told so."""
    for sources, caches in _open.items():
        if session.info.get("sources") is sources or _binds(sources, session):
            return caches.values()
    return ()


def _binds(sources: Sources, session: Session) -> bool:
    return any(
        isinstance(source, Database) and source.engine.sync_engine is session.bind
        for source in sources
    )
