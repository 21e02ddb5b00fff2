"""The scalar types of `orm:fieldType` and the kinds of relationship."""

from __future__ import annotations

from enum import StrEnum


class FieldType(StrEnum):
    """The values are the spellings of the vocabulary."""

    STRING = "String"
    TEXT = "Text"
    UUID = "UUID"
    INTEGER = "Integer"
    BIG_INTEGER = "BigInteger"
    FLOAT = "Float"
    DECIMAL = "Decimal"
    BOOLEAN = "Boolean"
    DATE = "Date"
    TIME = "Time"
    DATE_TIME = "DateTime"
    INTERVAL = "Interval"
    JSON = "JSON"
    BINARY = "Binary"
    ENUM = "Enum"
    EMAIL = "Email"
    URL = "URL"
    PHONE = "Phone"
    CURRENCY = "Currency"
    COUNTRY = "Country"
    IP_ADDRESS = "IPAddress"
    COLOR = "Color"
    TIMEZONE = "Timezone"


class Kind(StrEnum):
    """A relationship as one of its two ends sees it."""

    ONE_TO_MANY = "OneToMany"
    MANY_TO_ONE = "ManyToOne"
    ONE_TO_ONE = "OneToOne"
    MANY_TO_MANY = "ManyToMany"


class Cascade(StrEnum):
    """What deleting the one side does to the many side."""

    DELETE = "delete"
    NULLIFY = "nullify"
    RESTRICT = "restrict"


class Loading(StrEnum):
    """EAGER embeds the relationship in every answer, LAZY loads on awaited access, RAISE only when asked for."""

    EAGER = "eager"
    LAZY = "lazy"
    RAISE = "raise"


class ParameterIn(StrEnum):
    PATH = "path"
    QUERY = "query"
    BODY = "body"
