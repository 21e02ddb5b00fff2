from __future__ import annotations

from terapin.runtime.core.graphql.rows import object_type

from ..fields.user import UserFields


@object_type
class User(UserFields):
    """Add fields of your own with `@strawberry.field`: this file is yours."""
