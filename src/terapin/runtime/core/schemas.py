"""The bases of the schemas that a client writes and reads."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field


class Absent:
    """The value of a field that was not given and has no default of its own."""

    def __repr__(self) -> str:
        return "absent"


ABSENT: Final = Absent()


def absent() -> Any:
    """A default for a field that may be left out: the database decides, or nothing changes."""
    return Field(default_factory=lambda: ABSENT)


class WriteSchema(BaseModel):
    """Unknown fields are refused, so that a misspelt one is not lost in silence."""

    # Fields are called as the ontology says: `model_validate_` hides nothing of Pydantic's.
    model_config = ConfigDict(extra="forbid", protected_namespaces=())


class CreateSchema(WriteSchema):
    """A field left out takes its default; `absent()` leaves it to the database."""


class UpdateSchema(WriteSchema):
    """A merge patch: every field is `absent()`, null empties what may be empty."""


class ReadSchema(BaseModel):
    """Flat: relationships are embedded by `serialization`, not by schemas that hold each other."""

    model_config = ConfigDict(from_attributes=True, protected_namespaces=())


def values(schema: WriteSchema) -> dict[str, Any]:
    """By attribute, what a client gave and what defaults add; nothing for absent fields."""
    return {name: value for name, value in vars(schema).items() if value is not ABSENT}


def json_name(schema: type[WriteSchema], attribute: str) -> str:
    """What clients call an attribute; one that they do not write has no other name."""
    field = schema.model_fields.get(attribute)
    return (field.alias if field else None) or attribute
