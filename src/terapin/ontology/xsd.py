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
    XSD + "byte": Decimal(-(2**7)),
    XSD + "short": Decimal(-(2**15)),
}
IMPLIED_MAXIMUM = {
    XSD + "byte": Decimal(2**7 - 1),
    XSD + "short": Decimal(2**15 - 1),
    XSD + "unsignedByte": Decimal(2**8 - 1),
    XSD + "unsignedShort": Decimal(2**16 - 1),
    XSD + "unsignedInt": Decimal(2**32 - 1),
    XSD + "nonPositiveInteger": Decimal(0),
    XSD + "negativeInteger": Decimal(-1),
}
