"""The base of every model that lies in a collection of MongoDB."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, ClassVar, Self, get_args, get_type_hints

from ..entities import Entity, register
from ..sources.declared import Declared
from ..sources.mongodb import Mongodb
from .stored import Stored, stored


class Index:
    """Of attributes, in this order; the key is added, so that it serves pages in both directions."""

    def __init__(self, *attributes: str) -> None:
        self.attributes = attributes


class Unique:
    """Attributes that no two documents may share, unless one of them is null."""

    def __init__(self, *attributes: str) -> None:
        self.attributes = attributes


class Document:
    """A row. Every one has a version that each update raises and compares: it is the ETag.

    Subclasses say in which source and collection they lie, and annotate each field: `at: Stored[datetime] = stored()`.
    """

    __source__: ClassVar[Declared[Mongodb]]
    __collection__: ClassVar[str]
    __indexes__: ClassVar[tuple[Index | Unique, ...]] = ()
    __stored__: ClassVar[Mapping[str, Stored[Any]]]

    row_version: Stored[int] = stored(default=1)

    def __init_subclass__(cls) -> None:
        """One without a collection is a base of others."""
        super().__init_subclass__()
        if hasattr(cls, "__collection__"):
            cls.__stored__ = _fields(cls)
            register(cls)

    @classmethod
    def __entity__(cls) -> Entity:
        from .entity import DocumentEntity

        return DocumentEntity(cls)

    def __init__(self, **values: Any) -> None:
        """By attribute; what is not given takes its default."""
        if unknown := values.keys() - self.__stored__.keys():
            raise TypeError(f"{type(self).__name__} has no field {', '.join(sorted(unknown))}")
        for attribute, field in self.__stored__.items():
            vars(self)[attribute] = values[attribute] if attribute in values else field.default()

    @classmethod
    def from_bson(cls, document: Mapping[str, Any]) -> Self:
        row = cls.__new__(cls)
        for attribute, field in cls.__stored__.items():
            vars(row)[attribute] = field.decode(document.get(field.column))
        return row

    def to_bson(self) -> dict[str, Any]:
        """Without what is null. Raises CannotBeStoredError."""
        encoded = {
            field.column: field.encode(vars(self)[attribute])
            for attribute, field in self.__stored__.items()
        }
        return {column: value for column, value in encoded.items() if value is not None}

    def __repr__(self) -> str:
        key = next(field for field in self.__stored__.values() if field.primary_key)
        return f"<{type(self).__name__} {vars(self)[key.key]}>"


def _fields(cls: type[Document]) -> Mapping[str, Stored[Any]]:
    """Those of the bases first. Only their annotations are evaluated: others may name what is not imported."""
    fields: dict[str, Stored[Any]] = {}
    for base in reversed(cls.__mro__):
        own = {name: each for name, each in vars(base).items() if isinstance(each, Stored)}
        annotations = inspect.get_annotations(base)
        texts = {name: annotations[name] for name in own}
        names = vars(sys.modules[base.__module__])
        hints = get_type_hints(SimpleNamespace(__annotations__=texts), names, include_extras=True)
        for name, each in own.items():
            each.annotate(*get_args(hints[name]))
        fields |= own
    if sum(each.primary_key for each in fields.values()) != 1:
        raise TypeError(f"{cls.__name__} has to have one field that is its primary key")
    return fields
