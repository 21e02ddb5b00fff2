from __future__ import annotations

import datetime as dt

import strawberry as strawberry_
from strawberry import UNSET
from strawberry.scalars import JSON

from ...core.graphql.filters import Direction, Equal, Null, NullableEqual, NullableText, Ordered
from ...core.graphql.scalars import BigInt
from ...core.graphql.types import input_type, one_of_type
from ...models.row import RowClass


@input_type
class RowWhere:
    id: Ordered[BigInt] | None = UNSET
    class_: Equal[RowClass] | None = strawberry_.field(name="class", default=UNSET)
    one: NullableText | None = UNSET
    strawberry: Equal[bool] | None = UNSET
    site: NullableEqual[str] | None = UNSET
    data: Null | None = UNSET
    made_at: Ordered[dt.datetime] | None = UNSET
    and_: list[RowWhere] | None = strawberry_.field(name="and", default=UNSET)
    or_: list[RowWhere] | None = strawberry_.field(name="or", default=UNSET)
    not_: RowWhere | None = strawberry_.field(name="not", default=UNSET)


@one_of_type
class RowOrder:
    id: Direction | None = UNSET
    class_: Direction | None = strawberry_.field(name="class", default=UNSET)
    one: Direction | None = UNSET
    strawberry: Direction | None = UNSET
    site: Direction | None = UNSET
    made_at: Direction | None = UNSET


@input_type
class RowCreateInput:
    class_: RowClass = strawberry_.field(name="class")
    one: str | None = UNSET
    strawberry: bool | None = UNSET
    token: str
    site: str | None = UNSET
    data: bytes | None = UNSET
    tree: JSON


@input_type
class RowUpdateInput:
    class_: RowClass | None = strawberry_.field(name="class", default=UNSET)
    one: str | None = UNSET
    strawberry: bool | None = UNSET
    token: str | None = UNSET
    site: str | None = UNSET
    data: bytes | None = UNSET
    tree: JSON | None = UNSET
