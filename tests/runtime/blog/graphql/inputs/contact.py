from __future__ import annotations

import strawberry
from strawberry import UNSET

from terapin.runtime.core.graphql.filters import Direction, Equal, NullableEqual, Ordered
from terapin.runtime.core.graphql.types import input_type, one_of_type


@input_type
class ContactWhere:
    id: Ordered[int] | None = UNSET
    site: Equal[str] | None = UNSET
    phone: NullableEqual[str] | None = UNSET
    currency: Equal[str] | None = UNSET
    country: NullableEqual[str] | None = UNSET
    address: NullableEqual[str] | None = UNSET
    color: NullableEqual[str] | None = UNSET
    zone: NullableEqual[str] | None = UNSET
    and_: list[ContactWhere] | None = strawberry.field(name="and", default=UNSET)
    or_: list[ContactWhere] | None = strawberry.field(name="or", default=UNSET)
    not_: ContactWhere | None = strawberry.field(name="not", default=UNSET)


@one_of_type
class ContactOrder:
    id: Direction | None = UNSET
    site: Direction | None = UNSET
    phone: Direction | None = UNSET
    currency: Direction | None = UNSET
    country: Direction | None = UNSET
    address: Direction | None = UNSET
    color: Direction | None = UNSET
    zone: Direction | None = UNSET


@input_type
class ContactCreateInput:
    site: str
    phone: str | None = UNSET
    currency: str | None = UNSET
    country: str | None = UNSET
    address: str | None = UNSET
    color: str | None = UNSET
    zone: str | None = UNSET


@input_type
class ContactUpdateInput:
    site: str | None = UNSET
    phone: str | None = UNSET
    currency: str | None = UNSET
    country: str | None = UNSET
    address: str | None = UNSET
    color: str | None = UNSET
    zone: str | None = UNSET
