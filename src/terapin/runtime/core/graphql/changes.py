"""Root fields by which changes are told, and what is told by them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from enum import Enum
from functools import cached_property
from typing import Any, TypeVar, dataclass_transform

import strawberry
from strawberry import UNSET, Info
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryOptional

from .context import Context
from .fields import KEY, Arguments, Fact, checked_key, key_argument
from .rows import Row, definition, instance
from .types import resolved

Class = TypeVar("Class", bound=type[Any])


@strawberry.enum(description="What has become of a row, for who hears of it")
class ChangeOperation(Enum):
    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    DISCONTINUITY = strawberry.enum_value(
        "discontinuity", description="Of no row: some may have changed, so read anew"
    )


_DESCRIPTIONS = (
    None,
    "The key of the row",
    "The row as it is now; null where it is not there any more",
)


@dataclass_transform(kw_only_default=True)
def change_type(cls: Class) -> Class:
    """`strawberry.type`, of an operation, a key and a row, in this order."""
    made = strawberry.type(resolved(cls), description="A change of a row that may be read")
    for field, text in zip(definition(made).fields, _DESCRIPTIONS, strict=True):
        field.description = text
    return made


class Changed(Fact):
    """With the object type as its one of `inputs`. It is resolved once, when somebody subscribes."""

    @cached_property
    def node(self) -> type[Row]:
        type_: type[Row] = self.inputs[0]
        return type_

    def declared(self) -> list[StrawberryArgument]:
        key = key_argument(self.node)
        key.type_annotation = StrawberryAnnotation(StrawberryOptional(key.type))
        key.default = UNSET
        return [key]

    async def resolve(
        self, source: Any, info: Info[Context], given: Arguments
    ) -> AsyncIterator[Any]:
        """Whoever asked hears by the context what was asked; what is told later is no stream of this."""
        key = given.get(KEY)
        info.context.subscribed = self, None if key is None else checked_key(self.resource, given)
        return _nothing()

    def told(self, operation: str, key: Any = None, row: Any = None) -> Any:
        """An object of its type."""
        type_ = definition(self.type).origin
        first, second, third = (field.python_name for field in definition(type_).fields)
        values: Mapping[str, Any] = {
            first: ChangeOperation(operation),
            second: key,
            third: None if row is None else instance(self.node, row),
        }
        return type_(**values)


async def _nothing() -> AsyncIterator[Any]:
    return
    yield


def changed(type_: Any, *, name: str | None = None) -> Any:
    return Changed(
        graphql_name=name,
        inputs=(type_,),
        is_subscription=True,
        description="Tells of changes of rows that may be read: of all, or of one",
    )
