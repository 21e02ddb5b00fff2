"""The data sources of the service, each under the name of its settings."""

from __future__ import annotations

from .core.database import Database
from .core.sources.declared import Declared

database = Declared("database", Database)
sources = (database,)
