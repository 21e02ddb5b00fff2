from __future__ import annotations

from ..core.graphql.connections import Connection
from ..core.graphql.fields import by_key, connected, listed
from ..core.graphql.types import fields_type
from .inputs.row import RowOrder, RowWhere
from .inputs.sheep import SheepOrder, SheepWhere
from .types.row import Row
from .types.sheep import Sheep


@fields_type
class QueryFields:
    row: Row | None = by_key()
    rows: list[Row] = listed(RowWhere, RowOrder)
    rows_connection: Connection[Row] = connected(RowWhere, RowOrder)
    sheep: Sheep | None = by_key()
    sheep_list: list[Sheep] = listed(SheepWhere, SheepOrder)
    sheep_list_connection: Connection[Sheep] = connected(SheepWhere, SheepOrder)
