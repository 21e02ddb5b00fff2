from __future__ import annotations

from uuid import UUID

from ..core.graphql.mutations import create, delete, update
from ..core.graphql.scalars import BigInt
from ..core.graphql.types import fields_type
from .inputs.row import RowCreateInput, RowUpdateInput
from .inputs.sheep import SheepCreateInput, SheepUpdateInput
from .types.row import Row
from .types.sheep import Sheep


@fields_type
class MutationFields:
    create_row: Row | None = create(RowCreateInput)
    update_row: Row | None = update(RowUpdateInput)
    delete_row: BigInt | None = delete(Row)
    create_sheep: Sheep | None = create(SheepCreateInput)
    update_sheep: Sheep | None = update(SheepUpdateInput)
    delete_sheep: UUID | None = delete(Sheep)
