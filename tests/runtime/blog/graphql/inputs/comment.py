from __future__ import annotations

import datetime as dt
from uuid import UUID

import strawberry
from strawberry import UNSET

from terapin.runtime.core.graphql.filters import Direction, Equal, NullableEqual, Ordered, Text
from terapin.runtime.core.graphql.types import input_type, one_of_type


@input_type
class CommentWhere:
    id: Equal[UUID] | None = UNSET
    body: Text | None = UNSET
    created_at: Ordered[dt.datetime] | None = UNSET
    parent_id: NullableEqual[UUID] | None = UNSET
    post_id: Equal[UUID] | None = UNSET
    user_id: Equal[UUID] | None = UNSET
    and_: list[CommentWhere] | None = strawberry.field(name="and", default=UNSET)
    or_: list[CommentWhere] | None = strawberry.field(name="or", default=UNSET)
    not_: CommentWhere | None = strawberry.field(name="not", default=UNSET)


@one_of_type
class CommentOrder:
    id: Direction | None = UNSET
    body: Direction | None = UNSET
    created_at: Direction | None = UNSET
    parent_id: Direction | None = UNSET
    post_id: Direction | None = UNSET
    user_id: Direction | None = UNSET


@input_type
class CommentCreateInput:
    body: str
    parent_id: UUID | None = UNSET
    post_id: UUID
    user_id: UUID


@input_type
class CommentUpdateInput:
    body: str | None = UNSET
    parent_id: UUID | None = UNSET
    post_id: UUID | None = UNSET
    user_id: UUID | None = UNSET
