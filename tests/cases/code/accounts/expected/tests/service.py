"""The service under test."""

from __future__ import annotations

from service.core import embedded, migrations, samples, stores
from service.core.accounts.declared import Mail
from service.core.resource import Relation, Resource
from service.core.security.policy import Asking, Policy, Standing, any_of
from service.core.settings import MongodbSettings, PostgresqlSettings, RedisSettings
from service.core.statements import Statements
from service.endpoints import resources
from service.main import create_app
from service.settings import Settings
from service.sources import sources

__all__ = [
    "Asking",
    "Mail",
    "MongodbSettings",
    "Policy",
    "PostgresqlSettings",
    "RedisSettings",
    "Relation",
    "Resource",
    "Settings",
    "Standing",
    "Statements",
    "any_of",
    "create_app",
    "embedded",
    "migrations",
    "resources",
    "samples",
    "sources",
    "stores",
]
