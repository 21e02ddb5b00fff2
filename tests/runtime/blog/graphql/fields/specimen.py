from __future__ import annotations

import datetime as dt
from decimal import Decimal

import strawberry
from strawberry.scalars import JSON

from terapin.runtime.core.graphql.rows import Row, object_type
from terapin.runtime.core.graphql.scalars import BigInt

from ...endpoints.specimen import specimens


@object_type
class SpecimenFields(Row, resource=specimens):
    id: BigInt
    limit: int | None
    class_: str | None = strawberry.field(name="class")
    big: BigInt | None
    ratio: float | None
    amount: Decimal | None
    flag: bool | None
    at: dt.time | None
    moment: dt.datetime | None
    span: dt.timedelta | None
    data: bytes | None
    tree: JSON
    other_id: BigInt | None
