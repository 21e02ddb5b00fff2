"""The schema of a service, with core's scalars and names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter
from strawberry.types import ExecutionContext
from strawberry.types.base import StrawberryObjectDefinition, StrawberryType

from .context import Context
from .scalars import SCALARS

Extension = type[SchemaExtension] | Callable[[], SchemaExtension]

_NULLABLE = "Nullable"
_SCALAR_NAMES = {bool: "Boolean", **{type_: each.name for type_, each in SCALARS.items()}}


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
        *,
        types: Iterable[type] = (),
        extensions: Iterable[Extension] = (),
    ) -> None:
        super().__init__(
            query,
            mutation,
            types=types,
            extensions=(*extensions, Prepared),
            config=StrawberryConfig(name_converter=Names(), scalar_map=SCALARS),
        )

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


def core_schema(schema: strawberry.Schema) -> Any:
    """That of graphql-core."""
    return schema._schema
