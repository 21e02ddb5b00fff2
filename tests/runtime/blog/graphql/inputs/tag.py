from __future__ import annotations

import strawberry
from strawberry import UNSET

from terapin.runtime.core.graphql.filters import Direction, Ordered, Text


@strawberry.input
class TagWhere:
    id: Ordered[int] | None = UNSET
    name: Text | None = UNSET
    and_: list[TagWhere] | None = strawberry.field(name="and", default=UNSET)
    or_: list[TagWhere] | None = strawberry.field(name="or", default=UNSET)
    not_: TagWhere | None = strawberry.field(name="not", default=UNSET)


@strawberry.input(one_of=True)
class TagOrder:
    id: Direction | None = UNSET
    name: Direction | None = UNSET


@strawberry.input
class TagCreateInput:
    name: str


@strawberry.input
class TagUpdateInput:
    name: str | None = UNSET
