"""The caches of the service, each under the name of its settings."""

from __future__ import annotations

from .core.caching.declared import DeclaredCache
from .sources import cache_store

api_cache = DeclaredCache("api_cache", store=cache_store, serializer="json")
caches = (api_cache,)
