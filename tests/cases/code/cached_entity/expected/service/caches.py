"""The caches of the service, each under the name of its settings."""

from __future__ import annotations

from .core.caching.declared import DeclaredCache
from .sources import cache

fast = DeclaredCache("fast", store=cache, serializer="msgpack")
slow = DeclaredCache("slow", store=cache, serializer="json")
caches = (fast, slow)
