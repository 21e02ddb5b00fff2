"""Generated classes become types of GraphQL."""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import cache
from typing import Any, TypeVar, dataclass_transform

import strawberry
from strawberry.annotation import StrawberryAnnotation

from ..kept import keep

Class = TypeVar("Class", bound=type[Any])


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def fields_type(cls: Class) -> Class:
    """`strawberry.type`."""
    return strawberry.type(resolved(cls))


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def input_type(cls: Class) -> Class:
    """`strawberry.input`."""
    return strawberry.input(resolved(cls))


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field,))
def one_of_type(cls: Class) -> Class:
    """`strawberry.input`, of whose fields one is given."""
    return strawberry.input(resolved(cls), one_of=True)


def resolved(cls: Class) -> Class:
    """Strawberry would evaluate the text of each annotation several times, and make types anew of what a thousand
    classes say alike: a third of what a schema costs. What cannot be resolved yet is left to it.
    """
    keep()
    annotations = vars(cls).get("__annotations__", {})
    names = {**vars(sys.modules[cls.__module__]), cls.__name__: cls}
    types = {}
    for text in {each for each in annotations.values() if isinstance(each, str)}:
        with suppress(NameError, TypeError):
            types[text] = resolved_type(StrawberryAnnotation(text, namespace=names).evaluate())
    for field, text in annotations.items():
        annotations[field] = types.get(text, text) if isinstance(text, str) else text
    return cls


@cache
def resolved_type(annotation: Any) -> Any:
    """What an annotation means to Strawberry."""
    return StrawberryAnnotation(annotation).resolve()
