"""Arguments `where` and `orderBy`: the conditions and the order that query strings have, as input types."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from functools import cache, reduce
from typing import Any, Generic, TypeVar

import strawberry
from pydantic import ValidationError
from sqlalchemy import ColumnElement, true
from strawberry import UNSET

from ..errors import Fault, Invalid, brief
from ..guard import check_shown
from ..pagination import SortTerm
from ..parameters import MAX_IN, Filter, operators, parameters_of
from ..resource import Resource
from .names import graphql_name

T = TypeVar("T")

# In one `where`, all that are nested in it included.
MAX_CONDITIONS = 100


@strawberry.enum(description="Nulls come last in both.")
class Direction(Enum):
    ASC = "ASC"
    DESC = "DESC"


@strawberry.input(name="EqualFilter")
class Equal(Generic[T]):
    """For what is compared by equality only. Conditions on one field hold together."""

    eq: T | None = UNSET
    ne: T | None = UNSET
    in_: list[T] | None = strawberry.field(name="in", default=UNSET)


@strawberry.input(name="NullableEqualFilter")
class NullableEqual(Equal[T]):
    is_null: bool | None = UNSET


@strawberry.input(name="Filter")
class Ordered(Equal[T]):
    lt: T | None = UNSET
    lte: T | None = UNSET
    gt: T | None = UNSET
    gte: T | None = UNSET


@strawberry.input(name="NullableFilter")
class NullableOrdered(Ordered[T]):
    is_null: bool | None = UNSET


@strawberry.input(name="StringFilter")
class Text(Ordered[str]):
    contains: str | None = UNSET
    starts_with: str | None = UNSET


@strawberry.input(name="NullableStringFilter")
class NullableText(Text):
    is_null: bool | None = UNSET


@strawberry.input(name="NullFilter")
class Null:
    """For what cannot be compared."""

    is_null: bool | None = UNSET


# By the name of an operator's attribute here, what a query string calls it.
SPELT = {"in_": "in", "starts_with": "startswith", "is_null": "isnull"}


def conditions(resource: Resource, where: Any) -> tuple[Any, ...]:
    """What a `where` says, as conditions of the model that hold together."""
    if where is None or where is UNSET:
        return ()
    return tuple(_Conditions(resource).of(where, "where"))


class _Conditions:
    """Counts them."""

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        self._filters = filters_of(resource)
        self._left = MAX_CONDITIONS

    def of(self, where: Any, place: str) -> Iterator[Any]:
        for name, value, at in given(where, place):
            if name == "and_":
                yield from (each for part in value for each in self.of(part, at))
            elif name == "or_":
                yield reduce(operator.or_, [self._all(part, at) for part in value], self._none)
            elif name == "not_":
                yield _not(self._all(value, at))
            else:
                check_shown(self.resource, name)
                yield from self._of_column(self._filters[name], value, at)

    def _of_column(self, filters: Mapping[str, Filter], where: Any, place: str) -> Iterator[Any]:
        for name, value, at in given(where, place):
            self._left -= 1
            if self._left < 0:
                raise _invalid("where", f"at most {MAX_CONDITIONS} conditions")
            found = filters[SPELT.get(name, name)]
            if not found.several:
                yield found.criterion(checked(found, value, at))
            elif len(value) > MAX_IN:
                raise _invalid(at, f"at most {MAX_IN} values")
            else:
                yield found.criterion([checked(found, each, at) for each in value])

    def _all(self, where: Any, place: str) -> Any:
        found = list(self.of(where, place))
        return reduce(operator.and_, found) if found else _not(self._none)

    @property
    def _none(self) -> Any:
        """A condition that nothing meets."""
        return self.resource.key.operand.in_([])


def given(where: Any, place: str) -> Iterator[tuple[str, Any, str]]:
    """The fields of an input that say something: their attribute, value and place."""
    for field in where.__strawberry_definition__.fields:
        value = getattr(where, field.python_name)
        if value is not UNSET:
            at = f"{place}.{graphql_name(field)}"
            if value is None:
                raise _invalid(at, "must not be null: isNull asks for null")
            yield field.python_name, value, at


def checked(found: Filter, value: Any, place: str) -> Any:
    try:
        return found.schema.validate_python(value)
    except ValidationError as error:
        raise _invalid(place, brief(error.errors(include_input=False)[0]["msg"])) from None


def _not(criterion: Any) -> Any:
    """Also of rows of which SQL does not know it: what is null does not contain a text."""
    if isinstance(criterion, ColumnElement):
        return criterion.is_not(true())
    return ~criterion


@cache
def filters_of(resource: Resource) -> Mapping[str, Mapping[str, Filter]]:
    """By attribute, then by operator."""
    return {
        attribute: dict(operators(column)) for attribute, column in resource.by_attribute.items()
    }


def order(resource: Resource, order_by: Iterable[Any] | None) -> tuple[SortTerm, ...]:
    """What an `orderBy` says; empty where it says nothing."""
    sortable = parameters_of(resource).sortable
    terms: dict[str, SortTerm] = {}
    for each in order_by or ():
        for name, direction, _ in given(each, "orderBy"):
            check_shown(resource, name)
            ascending, descending = sortable[resource.by_attribute[name].name]
            terms.setdefault(name, descending if direction is Direction.DESC else ascending)
    return tuple(terms.values())


def _invalid(place: str, detail: str) -> Invalid:
    return Invalid(Fault(parameter=place, detail=detail))
