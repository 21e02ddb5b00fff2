"""What fields are called in GraphQL."""

from __future__ import annotations

from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case


def graphql_name(field: StrawberryField) -> str:
    return field.graphql_name or to_camel_case(field.python_name)
