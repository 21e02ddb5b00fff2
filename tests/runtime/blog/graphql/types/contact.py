from __future__ import annotations

from terapin.runtime.core.graphql.rows import object_type

from ..fields.contact import ContactFields


@object_type
class Contact(ContactFields):
    """Add fields of your own with `@strawberry.field`: this file is yours."""
