"""The data sources of the service, each under the name of its settings."""

from __future__ import annotations

from .core.database import Database
from .core.sources.declared import Declared
from .core.sources.redis import Redis

database = Declared("database", Database)
cache_store = Declared("cache_store", Redis)
sources = (database, cache_store)
