"""Conditions on documents, in the words that SQLAlchemy has for rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Filter:
    """Which documents: a filter of MongoDB's own language. Filters are joined by `&`, `|` and `~`."""

    document: Mapping[str, Any]

    def __and__(self, other: Filter) -> Filter:
        return every((self, other))

    def __or__(self, other: Filter) -> Filter:
        return some((self, other))

    def __invert__(self) -> Filter:
        return Filter({"$nor": [self.document]})

    def __bool__(self) -> bool:
        raise TypeError("a filter is neither true nor false: join filters by &, | and ~")


ALL = Filter({})
NONE = Filter({"$nor": [{}]})


def filter_of(condition: Any) -> Filter:
    """Of a condition that may be True or False."""
    if isinstance(condition, bool):
        return ALL if condition else NONE
    found: Filter = condition
    return found


def every(filters: Iterable[Filter]) -> Filter:
    documents = [each.document for each in filters if each.document]
    if len(documents) < 2:
        return Filter(documents[0]) if documents else ALL
    return Filter({"$and": documents})


def some(filters: Iterable[Filter]) -> Filter:
    documents = [each.document for each in filters]
    return Filter({"$or": documents}) if documents else NONE
