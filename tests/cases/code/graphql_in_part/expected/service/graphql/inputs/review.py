from __future__ import annotations

from uuid import UUID

import strawberry
from strawberry import UNSET

from ...core.graphql.filters import Direction, Equal, Ordered
from ...core.graphql.types import input_type, one_of_type


@input_type
class ReviewWhere:
    id: Equal[UUID] | None = UNSET
    stars: Ordered[int] | None = UNSET
    book_id: Equal[UUID] | None = UNSET
    and_: list[ReviewWhere] | None = strawberry.field(name="and", default=UNSET)
    or_: list[ReviewWhere] | None = strawberry.field(name="or", default=UNSET)
    not_: ReviewWhere | None = strawberry.field(name="not", default=UNSET)


@one_of_type
class ReviewOrder:
    id: Direction | None = UNSET
    stars: Direction | None = UNSET
    book_id: Direction | None = UNSET


@input_type
class ReviewUpdateInput:
    stars: int | None = UNSET
    book_id: UUID | None = UNSET
