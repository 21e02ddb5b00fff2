from __future__ import annotations

from ...blog.sources import database

sources = (database,)
