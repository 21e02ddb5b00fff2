"""The model of a service, between the ontology that states it and the layers that write it."""

from .graphql import Graphql, GraphqlEntity
from .place import Place
from .service import (
    CORE_TABLES,
    Endpoint,
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
from .types import Cascade, FieldType, Kind, Loading, ParameterIn

__all__ = [
    "CORE_TABLES",
    "DATABASE",
    "Cache",
    "CacheBackend",
    "Cascade",
    "DataSource",
    "Endpoint",
    "Entity",
    "Field",
    "FieldType",
    "ForeignKey",
    "Graphql",
    "GraphqlEntity",
    "JoinTable",
    "Kind",
    "Loading",
    "Now",
    "Parameter",
    "ParameterIn",
    "Place",
    "Relationship",
    "Scalar",
    "Serializer",
    "ServiceModel",
    "SortTerm",
    "SourceKind",
]
