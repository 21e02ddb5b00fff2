# Stands in for the module of this name that each service gets: what the tests beside it run on.
from collections.abc import Callable, Sequence
from typing import Any

from fastapi import FastAPI

from terapin.runtime.core import embedded as embedded
from terapin.runtime.core import migrations as migrations
from terapin.runtime.core import samples as samples
from terapin.runtime.core import stores as stores
from terapin.runtime.core.accounts.declared import Mail as Mail
from terapin.runtime.core.graphql.fields import ByKey as ByKey
from terapin.runtime.core.graphql.fields import Listed as Listed
from terapin.runtime.core.graphql.fields import Many as Many
from terapin.runtime.core.graphql.mutations import Delete as Delete
from terapin.runtime.core.graphql.names import graphql_name as graphql_name
from terapin.runtime.core.graphql.rows import column_of as column_of
from terapin.runtime.core.graphql.rows import definition as definition
from terapin.runtime.core.graphql.schema import Schema
from terapin.runtime.core.realtime.channels import Realtime
from terapin.runtime.core.realtime.declared import Channel as Channel
from terapin.runtime.core.resource import Column as Column
from terapin.runtime.core.resource import Relation as Relation
from terapin.runtime.core.resource import Resource as Resource
from terapin.runtime.core.resource import Resources
from terapin.runtime.core.security.policy import Asking as Asking
from terapin.runtime.core.security.policy import Policy as Policy
from terapin.runtime.core.security.policy import Standing as Standing
from terapin.runtime.core.security.policy import any_of as any_of
from terapin.runtime.core.settings import MongodbSettings as MongodbSettings
from terapin.runtime.core.settings import PostgresqlSettings as PostgresqlSettings
from terapin.runtime.core.settings import RedisSettings as RedisSettings
from terapin.runtime.core.settings import ServiceSettings as Settings
from terapin.runtime.core.sources.declared import Declared
from terapin.runtime.core.statements import Statements as Statements
from terapin.runtime.core.tasks.declared import Task as Task
from terapin.runtime.core.tasks.declared import Tasks
from terapin.runtime.core.wire import constraints as constraints

__all__ = [
    "Asking",
    "ByKey",
    "Channel",
    "Column",
    "Delete",
    "Listed",
    "Mail",
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
    "Task",
    "any_of",
    "column_of",
    "constraints",
    "create_app",
    "definition",
    "embedded",
    "graphql_name",
    "migrations",
    "realtime",
    "resources",
    "samples",
    "schema",
    "sources",
    "stores",
    "tasks",
]

resources: Resources
schema: Schema
sources: Sequence[Declared[Any]]
tasks: Tasks
create_app: Callable[[Settings], FastAPI]
realtime: Realtime
