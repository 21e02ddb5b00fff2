# Stands in for the module of this name that each service gets: what the tests beside it run on.
from collections.abc import Callable, Sequence
from typing import Any

from fastapi import FastAPI

from terapin.runtime.core import embedded as embedded
from terapin.runtime.core import migrations as migrations
from terapin.runtime.core import samples as samples
from terapin.runtime.core import stores as stores
from terapin.runtime.core.resource import Relation as Relation
from terapin.runtime.core.resource import Resource as Resource
from terapin.runtime.core.resource import Resources
from terapin.runtime.core.settings import MongodbSettings as MongodbSettings
from terapin.runtime.core.settings import PostgresqlSettings as PostgresqlSettings
from terapin.runtime.core.settings import RedisSettings as RedisSettings
from terapin.runtime.core.settings import ServiceSettings as Settings
from terapin.runtime.core.sources.declared import Declared

__all__ = [
    "MongodbSettings",
    "PostgresqlSettings",
    "RedisSettings",
    "Relation",
    "Resource",
    "Settings",
    "create_app",
    "embedded",
    "migrations",
    "resources",
    "samples",
    "sources",
    "stores",
]

resources: Resources
sources: Sequence[Declared[Any]]
create_app: Callable[[Settings], FastAPI]
