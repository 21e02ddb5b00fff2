from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from ...core.graphql.fields import one
from ...core.graphql.rows import Row as Row_
from ...core.graphql.rows import object_type
from ...core.graphql.scalars import BigInt
from ...endpoints.sheep import sheep

if TYPE_CHECKING:
    from ..types.row import Row


@object_type
class SheepFields(Row_, resource=sheep):
    id: UUID
    row_id: BigInt
    row: Annotated[Row, strawberry.lazy("..types.row")] | None = one()
