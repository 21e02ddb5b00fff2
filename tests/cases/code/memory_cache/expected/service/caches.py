"""The caches of the service, each under the name of its settings."""

from __future__ import annotations

from .core.caching.declared import DeclaredCache

local = DeclaredCache("local", store=None, serializer="json")
caches = (local,)
