from __future__ import annotations

from terapin.runtime.core.graphql.rows import object_type

from ..fields.post import PostFields


@object_type
class Post(PostFields):
    """Add fields of your own with `@strawberry.field`: this file is yours."""
