"""The fields of a document: in its class something to compare, in a document the value."""

from __future__ import annotations

import datetime as dt
import enum
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin, overload
from uuid import UUID

from ..relations import Reference
from ..wire import Wire
from .codecs import CODECS, EMAIL, JSON, CannotBeStoredError, Codec, decimals, enumeration
from .expressions import NONE, Filter

T = TypeVar("T")

# A pattern has at most 32,764 bytes, and each character may become several.
LONGEST_IN_PATTERN = 8_000

_NOTHING: Any = object()


class Stored(Generic[T]):
    """Of a class, `Activity.at < moment` is a filter; of a document, `activity.at` is the value.

    `column` is the name in MongoDB. A field that is null is not stored.
    """

    key: str
    column: str
    kind: str
    nullable: bool
    codec: Codec

    def __init__(
        self,
        name: str | None,
        *,
        primary_key: bool,
        unique: bool,
        index: bool,
        default: Any,
        references: Reference | None,
        max_length: int | None,
        precision: int | None,
        scale: int | None,
    ) -> None:
        self._name = name
        self._default = default
        self.primary_key = primary_key
        self.unique = unique
        self.index = index
        self.references = references
        self.max_length = max_length
        self.precision = precision
        self.scale = scale
        self.values: tuple[str, ...] = ()

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self.key = name
        self.column = "_id" if self.primary_key else self._name or name

    def annotate(self, annotation: Any) -> None:
        """`annotation` is what stands in `Stored[...]`."""
        self.nullable = False
        if get_origin(annotation) in (Union, UnionType):
            self.nullable = True
            (annotation,) = (each for each in get_args(annotation) if each is not type(None))
        type_, *metadata = (
            get_args(annotation) if get_origin(annotation) is Annotated else (annotation,)
        )
        wires = [each for each in metadata if isinstance(each, Wire) and each.kind]
        self.codec, kind = self._of(type_)
        self.kind = wires[-1].kind if wires else kind
        if self.kind == "Email":
            self.codec = EMAIL

    def _of(self, type_: Any) -> tuple[Codec, str]:
        if isinstance(type_, type) and issubclass(type_, enum.StrEnum):
            self.values = tuple(each.value for each in type_)
            return enumeration(type_), "Enum"
        if type_ is Any:
            return JSON, "JSON"
        if type_ not in CODECS:
            raise TypeError(f"{self.key}: {type_!r} cannot be stored in a document")
        kind = _KINDS[type_]
        if kind == "Decimal":
            return decimals(self.scale), kind
        return CODECS[type_], "Text" if kind == "String" and not self.max_length else kind

    @property
    def preset(self) -> bool:
        return self._default is not _NOTHING

    def default(self) -> Any:
        """For a new document; None where there is none."""
        if self._default is _NOTHING:
            return None
        return self._default() if callable(self._default) else self._default

    @property
    def plain_default(self) -> Any:
        """One that is the same for every document."""
        return None if not self.preset or callable(self._default) else self._default

    @overload
    def __get__(self, row: None, owner: type[Any]) -> Stored[T]: ...

    @overload
    def __get__(self, row: object, owner: type[Any]) -> T: ...

    def __get__(self, row: object | None, owner: type[Any]) -> Any:
        if row is None:
            return self
        return vars(row).get(self.key)

    def __set__(self, row: object, value: T) -> None:
        vars(row)[self.key] = value

    def _equals(self, value: object) -> Filter:
        if hasattr(value, "__equal_to__"):
            found: Filter = value.__equal_to__(self)
            return found
        return self.is_(None) if value is None else self.in_((value,))

    def _differs(self, value: object) -> Filter:
        """As in SQL, what is null is not different."""
        if value is None:
            return self.is_not(None)
        return Filter({self.column: {"$nin": [None, *self.codec.exact((value,))]}})

    # What is compared is no truth value but a filter, which `object` does not allow for.
    __eq__: Any = _equals
    __ne__: Any = _differs
    __hash__ = object.__hash__

    def __lt__(self, value: Any) -> Filter:
        return Filter({self.column: {"$lt": self.codec.bound(value, "ceiling")}})

    def __le__(self, value: Any) -> Filter:
        return Filter({self.column: {"$lte": self.codec.bound(value, "floor")}})

    def __gt__(self, value: Any) -> Filter:
        return Filter({self.column: {"$gt": self.codec.bound(value, "floor")}})

    def __ge__(self, value: Any) -> Filter:
        return Filter({self.column: {"$gte": self.codec.bound(value, "ceiling")}})

    def in_(self, values: Iterable[Any]) -> Filter:
        match self.codec.exact(values):
            case []:
                return NONE
            case [value]:
                return Filter({self.column: {"$eq": value}})
            case encoded:
                return Filter({self.column: {"$in": encoded}})

    def not_in(self, values: Iterable[Any]) -> Filter:
        return Filter({self.column: {"$nin": self.codec.exact(values)}})

    def is_(self, _: None) -> Filter:
        return Filter({self.column: {"$eq": None}})

    def is_not(self, _: None) -> Filter:
        return Filter({self.column: {"$ne": None}})

    def is_distinct_from(self, value: Any) -> Filter:
        return Filter({self.column: {"$nin": self.codec.exact((value,))}})

    def contains(self, text: str, *, autoescape: bool = True) -> Filter:
        """The text itself: there are no wildcards from which it would have to be kept, as SQL has them."""
        text = self._spelt(text)
        if len(text) > LONGEST_IN_PATTERN:
            return Filter({"$expr": {"$gte": [self._place_of(text), 0]}})
        return Filter({self.column: {"$regex": re.escape(text)}})

    def startswith(self, text: str, *, autoescape: bool = True) -> Filter:
        text = self._spelt(text)
        if len(text) > LONGEST_IN_PATTERN:
            return Filter({"$expr": {"$eq": [self._place_of(text), 0]}})
        return Filter({self.column: {"$regex": f"^{re.escape(text)}"}})

    def _spelt(self, text: str) -> str:
        """As it is in what is stored."""
        return EMAIL.encode(text) if self.codec is EMAIL else text

    def _place_of(self, text: str) -> dict[str, Any]:
        return {"$indexOfCP": [f"${self.column}", {"$literal": text}]}

    def encode(self, value: Any) -> Any:
        """Raises CannotBeStoredError."""
        if value is None:
            return None
        try:
            return self.codec.encode(value)
        except CannotBeStoredError as error:
            error.attribute = self.key
            raise

    def decode(self, value: Any) -> Any:
        return None if value is None else self.codec.decode(value)


def stored(
    name: str | None = None,
    *,
    primary_key: bool = False,
    unique: bool = False,
    index: bool = False,
    default: Any | Callable[[], Any] = _NOTHING,
    references: Reference | None = None,
    max_length: int | None = None,
    precision: int | None = None,
    scale: int | None = None,
) -> Any:
    """A field of a document, of the type that its annotation says: `title: Stored[str] = stored(max_length=200)`.

    `name` is that in MongoDB, where it differs. `default` is a value, or what makes one.
    """
    return Stored[Any](
        name,
        primary_key=primary_key,
        unique=unique,
        index=index,
        default=default,
        references=references,
        max_length=max_length,
        precision=precision,
        scale=scale,
    )


_KINDS = {
    UUID: "UUID",
    str: "String",
    int: "Integer",
    float: "Float",
    Decimal: "Decimal",
    bool: "Boolean",
    dt.date: "Date",
    dt.datetime: "DateTime",
    dt.time: "Time",
    dt.timedelta: "Interval",
    bytes: "Binary",
}


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    return now().date()


def time_of_day() -> dt.time:
    return now().time()
