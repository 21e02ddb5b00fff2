"""What a kept answer depends on, as words: any row of a table, one row, or whatever a service calls its own.

A change of one row says `table` and `row`, a change of rows that nobody counted `table` and `rows`; so a
list depends on `table`, and one row on `row` and `rows`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Table, inspect
from sqlalchemy.exc import NoInspectionAvailable

# Every answer depends on it.
EVERYTHING = "*"

Dependency = str | type[Any] | Table


def table(name: str) -> str:
    return f"table:{name}"


def rows(name: str) -> str:
    return f"rows:{name}"


def row(name: str, key: Any) -> str:
    """Keys that can be spelt in several ways share a tag: then more is forgotten than has to be."""
    match key:
        case UUID() | int():
            return f"row:{name}:{key}"
        case str():
            return f"row:{name}:{key.casefold().rstrip()}"
    return f"row:{name}:?"


def depending(on: Iterable[Dependency]) -> frozenset[str]:
    """The tags of an answer: a model stands for all of its rows."""
    found = {EVERYTHING}
    for each in on:
        found.update([each] if isinstance(each, str) else map(table, names(each)))
    return frozenset(found)


def changed(what: Iterable[Dependency]) -> frozenset[str]:
    """The tags that change with a word, or with unknown rows of a model."""
    found: set[str] = set()
    for each in what:
        found.update([each] if isinstance(each, str) else _any_rows(each))
    return frozenset(found)


def _any_rows(model: type[Any] | Table) -> Iterator[str]:
    for name in names(model):
        yield table(name)
        yield rows(name)


def names(model: type[Any] | Table) -> list[str]:
    """Of the tables or the collection in which a model is kept."""
    if isinstance(model, Table):
        return [model.name]
    collection = getattr(model, "__collection__", None)
    if collection is not None:
        return [collection]
    try:
        return [each.name for each in inspect(model).tables]
    except NoInspectionAvailable:
        raise TypeError(f"{model!r} is no model, so no answer can depend on it") from None
