from __future__ import annotations

from terapin.runtime.core.graphql.rows import object_type

from ..fields.tag import TagFields


@object_type
class Tag(TagFields):
    """Add fields of your own with `@strawberry.field`: this file is yours."""
