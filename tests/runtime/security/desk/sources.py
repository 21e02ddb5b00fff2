from __future__ import annotations

from ...blog.sources import sources

__all__ = ["sources"]
