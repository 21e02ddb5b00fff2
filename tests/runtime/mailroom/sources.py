from __future__ import annotations

from terapin.runtime.core.database import Database
from terapin.runtime.core.sources.declared import Declared

database = Declared("database", Database)
sources = (database,)
