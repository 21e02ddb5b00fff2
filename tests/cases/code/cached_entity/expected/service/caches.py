"""The caches of the service, each under the name of its settings."""

from __future__ import annotations

from .core.caching.declared import DeclaredCache
from .sources import cache_source

fast = DeclaredCache("fast", store=cache_source, serializer="msgpack")
slow = DeclaredCache("slow", store=cache_source, serializer="json")
caches = (fast, slow)
