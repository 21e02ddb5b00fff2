from __future__ import annotations

from terapin.runtime.core.graphql.rows import object_type

from ..fields.comment import CommentFields


@object_type
class Comment(CommentFields):
    """Add fields of your own with `@strawberry.field`: this file is yours."""
