from __future__ import annotations

from terapin.runtime.core.graphql.rows import object_type

from ..fields.profile import ProfileFields


@object_type
class Profile(ProfileFields):
    """Add fields of your own with `@strawberry.field`: this file is yours."""
