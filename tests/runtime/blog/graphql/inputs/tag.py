from __future__ import annotations

import strawberry
from strawberry import UNSET

from terapin.runtime.core.graphql.filters import Direction, Ordered, Text
from terapin.runtime.core.graphql.types import input_type, one_of_type


@input_type
class TagWhere:
    id: Ordered[int] | None = UNSET
    name: Text | None = UNSET
    and_: list[TagWhere] | None = strawberry.field(name="and", default=UNSET)
    or_: list[TagWhere] | None = strawberry.field(name="or", default=UNSET)
    not_: TagWhere | None = strawberry.field(name="not", default=UNSET)


@one_of_type
class TagOrder:
    id: Direction | None = UNSET
    name: Direction | None = UNSET


@input_type
class TagCreateInput:
    name: str


@input_type
class TagUpdateInput:
    name: str | None = UNSET
