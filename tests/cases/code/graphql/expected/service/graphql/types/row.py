from __future__ import annotations

from ...core.graphql.rows import object_type
from ..fields.row import RowFields


@object_type
class Row(RowFields):
    """Add fields of your own with `@strawberry.field`: this file is yours."""
