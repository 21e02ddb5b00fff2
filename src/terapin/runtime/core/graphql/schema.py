"""The schema of a service, with core's scalars and names."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import strawberry
from graphql import GraphQLError, GraphQLField, GraphQLSchema, is_input_object_type
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter
from strawberry.types import ExecutionContext
from strawberry.types.base import StrawberryObjectDefinition, StrawberryType

from ..kept import keep
from .context import Context
from .rows import definition
from .scalars import SCALARS

Extension = type[SchemaExtension] | Callable[[], SchemaExtension]

# Frames of Python, of which each entity takes one at the most.
DEEPEST = 20_000

_NULLABLE = "Nullable"
_SCALAR_NAMES = {
    bool: "Boolean",
    float: "Float",
    int: "Int",
    str: "String",
    **{type_: each.name for type_, each in SCALARS.items()},
}


class Names(NameConverter):
    """Filters are called after scalars as GraphQL knows them: `NullableDateTimeFilter`."""

    def from_generic(
        self, generic_type: StrawberryObjectDefinition, types: list[StrawberryType | type]
    ) -> str:
        made = super().from_generic(generic_type, types)
        if generic_type.name.startswith(_NULLABLE):
            return _NULLABLE + made.replace(_NULLABLE, "", 1)
        return made

    def get_name_from_type(self, type_: StrawberryType | type) -> str:
        return _SCALAR_NAMES.get(type_) or super().get_name_from_type(type_)


class Schema(strawberry.Schema):
    """Documents come to it parsed and validated; its errors are told by who asked."""

    def __init__(
        self,
        query: type,
        mutation: type | None = None,
        subscription: type | None = None,
        *,
        documents: Path | None = None,
        types: Iterable[type] = (),
        extensions: Iterable[Extension] = (),
    ) -> None:
        """`documents` is a folder of those that are known. A `mutation` without fields is none."""
        self.documents = documents
        with _deep_recursion():
            super().__init__(
                query,
                mutation if mutation and definition(mutation).fields else None,
                subscription,
                types=types,
                extensions=(*extensions, Prepared),
                config=StrawberryConfig(name_converter=Names(), scalar_map=SCALARS),
            )
        _tell_one_of(core_schema(self))
        keep()

    @property
    def mutation_fields(self) -> Mapping[str, GraphQLField]:
        """As graphql-core knows them."""
        mutation = core_schema(self).mutation_type
        return mutation.fields if mutation else {}

    @property
    def subscribed(self) -> Iterator[Any]:
        """The fields of core by which changes are told."""
        subscription = core_schema(self).subscription_type
        for field in (subscription.fields if subscription else {}).values():
            yield field.extensions["strawberry-definition"]

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Strawberry's own would log each of them."""


class Prepared(SchemaExtension):
    """Takes the document that the context brings along."""

    def on_parse(self) -> Iterator[None]:
        context: Context = self.execution_context.context
        self.execution_context.graphql_document = context.document
        yield

    def on_validate(self) -> Iterator[None]:
        self.execution_context.pre_execution_errors = []
        yield


def _tell_one_of(schema: GraphQLSchema) -> None:
    """graphql-core checks inputs of exactly one field if it knows them; Strawberry keeps that to itself."""
    for type_ in schema.type_map.values():
        if is_input_object_type(type_) and "strawberry-definition" in type_.extensions:
            type_.is_one_of = type_.extensions["strawberry-definition"].is_one_of


@contextmanager
def _deep_recursion() -> Iterator[None]:
    """graphql-core follows the fields of types from one to the next, as far as that goes."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, DEEPEST))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def core_schema(schema: strawberry.Schema) -> GraphQLSchema:
    """That of graphql-core."""
    return schema._schema
