"""The model of a service, between the ontology that states it and the layers that write it."""

from .access import Access, Operation, Permissions, Rule, Rules, Who, is_public
from .channels import Broadcast, Channel, Message
from .graphql import Graphql, GraphqlEntity
from .place import Place
from .service import (
    ACCESS_TABLES,
    CORE_TABLES,
    TASK_TABLE,
    Endpoint,
    Entities,
    Entity,
    Field,
    ForeignKey,
    JoinTable,
    Now,
    Parameter,
    Relationship,
    Scalar,
    ServiceModel,
    SortTerm,
)
from .sources import DATABASE, Cache, CacheBackend, DataSource, Serializer, SourceKind
from .tasks import Backoff, Change, Priority, Task, TaskParameter, Trigger
from .types import Cascade, FieldType, Kind, Loading, ParameterIn

__all__ = [
    "ACCESS_TABLES",
    "CORE_TABLES",
    "DATABASE",
    "TASK_TABLE",
    "Access",
    "Backoff",
    "Broadcast",
    "Cache",
    "CacheBackend",
    "Cascade",
    "Change",
    "Channel",
    "DataSource",
    "Endpoint",
    "Entities",
    "Entity",
    "Field",
    "FieldType",
    "ForeignKey",
    "Graphql",
    "GraphqlEntity",
    "JoinTable",
    "Kind",
    "Loading",
    "Message",
    "Now",
    "Operation",
    "Parameter",
    "ParameterIn",
    "Permissions",
    "Place",
    "Priority",
    "Relationship",
    "Rule",
    "Rules",
    "Scalar",
    "Serializer",
    "ServiceModel",
    "SortTerm",
    "SourceKind",
    "Task",
    "TaskParameter",
    "Trigger",
    "Who",
    "is_public",
]
