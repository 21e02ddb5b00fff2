"""Object types of entities: their facts stand in classes of the service, a row becomes an instance."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, ClassVar, TypeVar, dataclass_transform

import strawberry
from pydantic.fields import FieldInfo
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from ..guard import hidden
from ..resource import Column, Resource
from .types import resolved

Node = TypeVar("Node", bound="Row")


@strawberry.type
class Row:
    """An entity in GraphQL. Its fields are called as the attributes of the model and hold what REST reads.

    `_row` is the row itself, with what is not read, too.
    """

    __resource__: ClassVar[Resource]
    _row: strawberry.Private[Any]

    def __init_subclass__(cls, *, resource: Resource | None = None) -> None:
        super().__init_subclass__()
        if resource is not None:
            cls.__resource__ = resource


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def object_type(cls: type[Node]) -> type[Node]:
    """`strawberry.type`, with the description of the model, and of its columns where fields have none."""
    resource = cls.__resource__
    # Users have theirs, without a resource, for whose annotations Strawberry is asked.
    named = resolved(cls) if "__resource__" in vars(cls) else cls
    made = strawberry.type(named, name=resource.title, description=_description(resource))
    shown = (column_of(made, field) for field in definition(made).fields)
    describe(made, {each.attribute.key: each.field for each in shown if each})
    return made


def describe(type_: Any, known: Mapping[str, FieldInfo]) -> None:
    """What schemas say of fields, by attribute, where the fields of a type say nothing themselves."""
    for field in definition(type_).fields:
        if field.description is None and field.python_name in known:
            field.description = known[field.python_name].description


def definition(type_: Any) -> StrawberryObjectDefinition:
    found: StrawberryObjectDefinition = type_.__strawberry_definition__
    return found


def column_of(type_: type[Row], field: StrawberryField) -> Column | None:
    """The column whose value a field answers; None for a relation, and for what somebody else resolves."""
    return type_.__resource__.by_attribute.get(field.python_name) if field.is_basic_field else None


@cache
def columns(type_: type[Any]) -> Sequence[Column]:
    """Those that an object type shows and nobody else resolves."""
    found = (column_of(type_, field) for field in definition(type_).fields)
    return [column for column in found if column is not None]


def instance(type_: Any, row: Any) -> Any:
    resource = type_.__resource__
    read, unread = resource.read.model_validate(row), hidden(resource, row)
    values = {
        name: None if name in unread else getattr(read, name)
        for name in (column.attribute.key for column in columns(type_))
    }
    return type_(_row=row, **values)


def _description(resource: Resource) -> str | None:
    text = vars(resource.model).get("__doc__")
    return inspect.cleandoc(text) if text else None
