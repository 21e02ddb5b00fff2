from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import UUID

import strawberry
from strawberry import UNSET
from strawberry.scalars import JSON

from terapin.runtime.core.graphql.filters import (
    Direction,
    Equal,
    Null,
    NullableOrdered,
    Ordered,
    Text,
)
from terapin.runtime.core.graphql.types import input_type, one_of_type

from ...models.post import PostStatus


@input_type
class PostWhere:
    id: Equal[UUID] | None = UNSET
    title: Text | None = UNSET
    slug: Text | None = UNSET
    body: Text | None = UNSET
    status: Equal[PostStatus] | None = UNSET
    price: Ordered[Decimal] | None = UNSET
    published_on: NullableOrdered[dt.date] | None = UNSET
    meta: Null | None = UNSET
    created_at: Ordered[dt.datetime] | None = UNSET
    user_id: Equal[UUID] | None = UNSET
    and_: list[PostWhere] | None = strawberry.field(name="and", default=UNSET)
    or_: list[PostWhere] | None = strawberry.field(name="or", default=UNSET)
    not_: PostWhere | None = strawberry.field(name="not", default=UNSET)


@one_of_type
class PostOrder:
    id: Direction | None = UNSET
    title: Direction | None = UNSET
    slug: Direction | None = UNSET
    body: Direction | None = UNSET
    status: Direction | None = UNSET
    price: Direction | None = UNSET
    published_on: Direction | None = UNSET
    created_at: Direction | None = UNSET
    user_id: Direction | None = UNSET


@input_type
class PostCreateInput:
    title: str
    slug: str
    body: str
    status: PostStatus | None = UNSET
    price: Decimal | None = UNSET
    published_on: dt.date | None = UNSET
    meta: JSON | None = UNSET
    user_id: UUID


@input_type
class PostUpdateInput:
    title: str | None = UNSET
    slug: str | None = UNSET
    body: str | None = UNSET
    status: PostStatus | None = UNSET
    price: Decimal | None = UNSET
    published_on: dt.date | None = UNSET
    meta: JSON | None = UNSET
    user_id: UUID | None = UNSET
