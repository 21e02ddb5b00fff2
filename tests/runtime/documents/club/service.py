"""What the tests that each service gets run on: here, the club."""

from __future__ import annotations

from terapin.runtime.core import embedded, migrations, samples, seeding
from terapin.runtime.core.resource import Relation, Resource
from terapin.runtime.core.settings import PostgresqlSettings
from terapin.runtime.core.statements import Statements

from .endpoints import resources
from .main import create_app
from .settings import Settings
from .sources import sources

__all__ = [
    "PostgresqlSettings",
    "Relation",
    "Resource",
    "Settings",
    "Statements",
    "create_app",
    "embedded",
    "migrations",
    "resources",
    "samples",
    "seeding",
    "sources",
]
