from __future__ import annotations

from terapin.runtime.core.graphql.rows import object_type

from ..fields.specimen import SpecimenFields


@object_type
class Specimen(SpecimenFields):
    """Add fields of your own with `@strawberry.field`: this file is yours."""
