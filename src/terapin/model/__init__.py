"""The model of a service, between the ontology that states it and the layers that write it."""

from .service import (
    Endpoint,
    Entity,
    Field,
    ForeignKey,
    JoinTable,
    Now,
    Parameter,
    Place,
    Relationship,
    Scalar,
    ServiceModel,
    SortTerm,
)
from .types import Cascade, FieldType, Kind, Loading, ParameterIn

__all__ = [
    "Cascade",
    "Endpoint",
    "Entity",
    "Field",
    "FieldType",
    "ForeignKey",
    "JoinTable",
    "Kind",
    "Loading",
    "Now",
    "Parameter",
    "ParameterIn",
    "Place",
    "Relationship",
    "Scalar",
    "ServiceModel",
    "SortTerm",
]
