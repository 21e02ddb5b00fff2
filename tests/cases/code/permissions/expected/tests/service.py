"""The service under test."""

from __future__ import annotations

from service.core import embedded, migrations, samples, stores
from service.core.graphql.fields import ByKey, Listed, Many
from service.core.graphql.mutations import Delete
from service.core.graphql.names import graphql_name
from service.core.graphql.rows import column_of, definition
from service.core.resource import Column, Relation, Resource
from service.core.security.policy import Asking, Policy, Standing, any_of
from service.core.settings import MongodbSettings, PostgresqlSettings, RedisSettings
from service.core.statements import Statements
from service.core.wire import constraints
from service.endpoints import resources
from service.graphql import schema
from service.main import create_app
from service.settings import Settings
from service.sources import sources

__all__ = [
    "Asking",
    "ByKey",
    "Column",
    "Delete",
    "Listed",
    "Many",
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
    "column_of",
    "constraints",
    "create_app",
    "definition",
    "embedded",
    "graphql_name",
    "migrations",
    "resources",
    "samples",
    "schema",
    "sources",
    "stores",
]
