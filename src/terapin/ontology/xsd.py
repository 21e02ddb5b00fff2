"""XSD datatypes as types of fields."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache

from terapin.model import FieldType
from terapin.vocabulary import vocabulary
from terapin.vocabulary.namespaces import XSD


@cache
def datatypes() -> Mapping[str, FieldType]:
    return {
        datatype: FieldType(each.name) for each in vocabulary().types for datatype in each.datatypes
    }


_UNSIGNED = "nonNegativeInteger unsignedLong unsignedInt unsignedShort unsignedByte"
IMPLIED_MINIMUM = {
    **{XSD + name: Decimal(0) for name in _UNSIGNED.split()},
    XSD + "positiveInteger": Decimal(1),
}
IMPLIED_MAXIMUM = {
    XSD + "nonPositiveInteger": Decimal(0),
    XSD + "negativeInteger": Decimal(-1),
}
