from __future__ import annotations

import datetime as dt
from uuid import UUID

import strawberry
from strawberry import UNSET

from terapin.runtime.core.graphql.filters import Direction, Equal, Ordered, Text
from terapin.runtime.core.graphql.types import input_type, one_of_type


@input_type
class UserWhere:
    id: Equal[UUID] | None = UNSET
    email: Text | None = UNSET
    username: Text | None = UNSET
    is_active: Equal[bool] | None = UNSET
    created_at: Ordered[dt.datetime] | None = UNSET
    and_: list[UserWhere] | None = strawberry.field(name="and", default=UNSET)
    or_: list[UserWhere] | None = strawberry.field(name="or", default=UNSET)
    not_: UserWhere | None = strawberry.field(name="not", default=UNSET)


@one_of_type
class UserOrder:
    id: Direction | None = UNSET
    email: Direction | None = UNSET
    username: Direction | None = UNSET
    is_active: Direction | None = UNSET
    created_at: Direction | None = UNSET


@input_type
class UserCreateInput:
    email: str
    username: str
    password_hash: str
    is_active: bool | None = UNSET


@input_type
class UserUpdateInput:
    email: str | None = UNSET
    username: str | None = UNSET
    password_hash: str | None = UNSET
    is_active: bool | None = UNSET
