from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import strawberry as strawberry_
from strawberry.scalars import JSON

from ...core.graphql.fields import many as many_
from ...core.graphql.rows import Row, object_type
from ...core.graphql.scalars import BigInt
from ...endpoints.row import tbl_row
from ...models.row import RowClass
from ..inputs.sheep import SheepOrder, SheepWhere

if TYPE_CHECKING:
    from ..types.sheep import Sheep


@object_type
class RowFields(Row, resource=tbl_row):
    id: BigInt
    class_: RowClass = strawberry_.field(name="class")
    one: str | None
    strawberry: bool
    site: str | None
    data: bytes | None
    tree: JSON
    made_at: dt.datetime
    many: list[Annotated[Sheep, strawberry_.lazy("..types.sheep")]] = many_(SheepWhere, SheepOrder)
