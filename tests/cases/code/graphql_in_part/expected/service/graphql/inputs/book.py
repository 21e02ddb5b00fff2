from __future__ import annotations

from uuid import UUID

import strawberry
from strawberry import UNSET

from ...core.graphql.filters import Direction, Equal, Text
from ...core.graphql.types import input_type, one_of_type


@input_type
class BookWhere:
    id: Equal[UUID] | None = UNSET
    title: Text | None = UNSET
    and_: list[BookWhere] | None = strawberry.field(name="and", default=UNSET)
    or_: list[BookWhere] | None = strawberry.field(name="or", default=UNSET)
    not_: BookWhere | None = strawberry.field(name="not", default=UNSET)


@one_of_type
class BookOrder:
    id: Direction | None = UNSET
    title: Direction | None = UNSET
