from __future__ import annotations

import datetime as dt
from uuid import UUID

import strawberry
from strawberry import UNSET

from terapin.runtime.core.graphql.filters import (
    Direction,
    Equal,
    NullableOrdered,
    NullableText,
    Text,
)
from terapin.runtime.core.graphql.types import input_type, one_of_type


@input_type
class ProfileWhere:
    id: Equal[UUID] | None = UNSET
    display_name: Text | None = UNSET
    bio: NullableText | None = UNSET
    born_on: NullableOrdered[dt.date] | None = UNSET
    user_id: Equal[UUID] | None = UNSET
    and_: list[ProfileWhere] | None = strawberry.field(name="and", default=UNSET)
    or_: list[ProfileWhere] | None = strawberry.field(name="or", default=UNSET)
    not_: ProfileWhere | None = strawberry.field(name="not", default=UNSET)


@one_of_type
class ProfileOrder:
    id: Direction | None = UNSET
    display_name: Direction | None = UNSET
    bio: Direction | None = UNSET
    born_on: Direction | None = UNSET
    user_id: Direction | None = UNSET


@input_type
class ProfileCreateInput:
    display_name: str
    bio: str | None = UNSET
    born_on: dt.date | None = UNSET
    user_id: UUID


@input_type
class ProfileUpdateInput:
    display_name: str | None = UNSET
    bio: str | None = UNSET
    born_on: dt.date | None = UNSET
    user_id: UUID | None = UNSET
