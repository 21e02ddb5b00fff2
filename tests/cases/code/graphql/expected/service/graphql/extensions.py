"""Root fields of your own, with `@strawberry.field` and `@strawberry.mutation`: this file is yours."""

from __future__ import annotations

import strawberry

from .mutations import MutationFields
from .queries import QueryFields


@strawberry.type
class Query(QueryFields):
    """What can be read."""


@strawberry.type
class Mutation(MutationFields):
    """What can be changed."""
