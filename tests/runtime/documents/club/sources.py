"""The data sources of the service, each under the name of its settings."""

from __future__ import annotations

from terapin.runtime.core.database import Database
from terapin.runtime.core.sources.declared import Declared
from terapin.runtime.core.sources.mongodb import Mongodb

database = Declared("database", Database)
activity_store = Declared("activity_store", Mongodb)
sources = (database, activity_store)
