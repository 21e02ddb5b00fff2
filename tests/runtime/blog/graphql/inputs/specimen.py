from __future__ import annotations

import datetime as dt
from decimal import Decimal

import strawberry
from strawberry import UNSET
from strawberry.scalars import JSON

from terapin.runtime.core.graphql.filters import (
    Direction,
    Null,
    NullableEqual,
    NullableOrdered,
    NullableText,
    Ordered,
)
from terapin.runtime.core.graphql.scalars import BigInt
from terapin.runtime.core.graphql.types import input_type, one_of_type


@input_type
class SpecimenWhere:
    id: Ordered[BigInt] | None = UNSET
    limit: NullableOrdered[int] | None = UNSET
    class_: NullableText | None = strawberry.field(name="class", default=UNSET)
    big: NullableOrdered[BigInt] | None = UNSET
    ratio: NullableOrdered[float] | None = UNSET
    amount: NullableOrdered[Decimal] | None = UNSET
    flag: NullableEqual[bool] | None = UNSET
    at: NullableOrdered[dt.time] | None = UNSET
    moment: NullableOrdered[dt.datetime] | None = UNSET
    span: NullableOrdered[dt.timedelta] | None = UNSET
    data: Null | None = UNSET
    other_id: NullableOrdered[BigInt] | None = UNSET
    and_: list[SpecimenWhere] | None = strawberry.field(name="and", default=UNSET)
    or_: list[SpecimenWhere] | None = strawberry.field(name="or", default=UNSET)
    not_: SpecimenWhere | None = strawberry.field(name="not", default=UNSET)


@one_of_type
class SpecimenOrder:
    id: Direction | None = UNSET
    limit: Direction | None = UNSET
    class_: Direction | None = strawberry.field(name="class", default=UNSET)
    big: Direction | None = UNSET
    ratio: Direction | None = UNSET
    amount: Direction | None = UNSET
    flag: Direction | None = UNSET
    at: Direction | None = UNSET
    moment: Direction | None = UNSET
    span: Direction | None = UNSET
    other_id: Direction | None = UNSET


@input_type
class SpecimenCreateInput:
    limit: int | None = UNSET
    class_: str | None = strawberry.field(name="class", default=UNSET)
    big: BigInt | None = UNSET
    ratio: float | None = UNSET
    amount: Decimal | None = UNSET
    flag: bool | None = UNSET
    at: dt.time | None = UNSET
    moment: dt.datetime | None = UNSET
    span: dt.timedelta | None = UNSET
    data: bytes | None = UNSET
    tree: JSON
    other_id: BigInt | None = UNSET


@input_type
class SpecimenUpdateInput:
    limit: int | None = UNSET
    class_: str | None = strawberry.field(name="class", default=UNSET)
    big: BigInt | None = UNSET
    ratio: float | None = UNSET
    amount: Decimal | None = UNSET
    flag: bool | None = UNSET
    at: dt.time | None = UNSET
    moment: dt.datetime | None = UNSET
    span: dt.timedelta | None = UNSET
    data: bytes | None = UNSET
    tree: JSON | None = UNSET
    other_id: BigInt | None = UNSET
