"""Parses query strings: filters, sort, page, fields and include, by tables made once a resource, when first needed."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from pydantic import TypeAdapter, ValidationError

from .errors import Fault, Invalid, brief
from .guard import check_shown
from .pagination import DEFAULT_LIMIT, MAX_LIMIT, PageQuery, SortTerm
from .resource import Column, Resource
from .wire import Boolean

RESERVED = ("limit", "cursor", "sort", "include", "fields", "total")
MAX_DEPTH = 4
MAX_INCLUDED = 20
MAX_IN = 200

# Of a value, a condition of the model: what SQLAlchemy or a document makes of `Post.title == value`.
Criterion = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """`parse` takes the text of a value, which `schema` describes; `in` takes several."""

    column: Column
    operator: str
    parse: Callable[[str], Any]
    schema: TypeAdapter[Any]
    criterion: Criterion
    several: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """What a query string says of a list; `where` pairs filters with their values."""

    where: tuple[tuple[Filter, Any], ...]
    sort: tuple[SortTerm, ...]
    limit: int
    cursor: str | None
    total: bool
    shape: Shape

    @property
    def page(self) -> PageQuery:
        criteria = tuple(each.criterion(value) for each, value in self.where)
        return PageQuery(criteria, self.sort, self.limit, self.cursor, self.total)


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a row is answered: `fields` None for all, and relations to embed, each with its own."""

    fields: frozenset[str] | None = None
    embeds: Mapping[str, Shape] = field(default_factory=dict)


_BOOLEAN: TypeAdapter[bool] = TypeAdapter(Boolean)


def filters(resource: Resource) -> dict[str, Filter]:
    """By parameter. A field's own name wins over a field with an operator, a reserved one over both."""
    table: dict[str, Filter] = {}
    for column in resource.columns.values():
        for operator, each in operators(column):
            table[f"{column.name}__{operator}"] = each
    for column in resource.columns.values():
        if column.wire.scalar:
            table[column.name] = table[f"{column.name}__eq"]
    return {name: each for name, each in table.items() if name not in RESERVED}


def operators(column: Column) -> Iterator[tuple[str, Filter]]:
    for operator, criterion in _criteria(column):
        if operator == "isnull":
            found = Filter(column, operator, _BOOLEAN.validate_strings, _BOOLEAN, criterion)
        else:
            several = operator == "in"
            found = Filter(column, operator, column.parse, column.adapter, criterion, several)
        yield operator, found


def _criteria(column: Column) -> Iterator[tuple[str, Criterion]]:
    wire = column.wire
    attribute = column.operand
    if wire.scalar:
        yield "eq", attribute.__eq__
        yield "ne", attribute.is_distinct_from if column.nullable else attribute.__ne__
        yield "in", attribute.in_
    if wire.ordered:
        yield "lt", attribute.__lt__
        yield "lte", attribute.__le__
        yield "gt", attribute.__gt__
        yield "gte", attribute.__ge__
    if wire.text:
        yield "contains", lambda text: attribute.contains(text, autoescape=True)
        yield "startswith", lambda text: attribute.startswith(text, autoescape=True)
    if column.nullable:
        yield "isnull", _null_or_not(attribute)


def _null_or_not(attribute: Any) -> Criterion:
    return lambda null: attribute.is_(None) if null else attribute.is_not(None)


class Parameters:
    """Parses the query strings of a resource: of a list with `page`, of one row with `shape`."""

    def __init__(self, resource: Resource) -> None:
        self.resource = resource

    @cached_property
    def filters(self) -> Mapping[str, Filter]:
        return filters(self.resource)

    @cached_property
    def sortable(self) -> Mapping[str, tuple[SortTerm, SortTerm]]:
        """By name, upwards and downwards."""
        return {
            name: (column.term(), column.term(descending=True))
            for name, column in self.resource.columns.items()
            if column.wire.scalar
        }

    def page(
        self, items: Iterable[tuple[str, str]], sort: tuple[SortTerm, ...] = ()
    ) -> tuple[PageQuery, Shape]:
        """`sort` is the order where the query string gives none."""
        listing = self.listing(items, sort)
        return listing.page, listing.shape

    def listing(self, items: Iterable[tuple[str, str]], sort: tuple[SortTerm, ...] = ()) -> Listing:
        query = _Query(items)
        where = tuple(self._where(query))
        limit = query.limit()
        total = query.boolean("total")
        sort = self._sort(query) or sort
        shape = self._shape(query)
        cursor = query.single("cursor")
        query.finish({*self.filters, *RESERVED})
        return Listing(where, sort, limit, cursor, total, shape)

    def shape(self, items: Iterable[tuple[str, str]]) -> Shape:
        query = _Query(items)
        shape = self._shape(query)
        query.finish({"fields", "include"})
        return shape

    def none(self, items: Iterable[tuple[str, str]]) -> None:
        """Refuse parameters where there are none."""
        _Query(items).finish(set())

    @property
    def default(self) -> Shape:
        return Shape(None, _embeds(self.resource, ()))

    @property
    def documented(self) -> Iterator[str]:
        """The filters, without those that only spell another one longer."""
        for name in self.filters:
            if name.removesuffix("__eq") == name or name.removesuffix("__eq") not in self.filters:
                yield name

    def _where(self, query: _Query) -> Iterator[tuple[Filter, Any]]:
        for name in sorted(query.names & self.filters.keys()):
            each = self.filters[name]
            check_shown(self.resource, each.column.attribute.key)
            texts = query.take(name, MAX_IN if each.several else 1)
            values = [query.value(name, each.parse, text) for text in texts]
            if not query.faults:
                yield each, values if each.several else values[0]

    def _sort(self, query: _Query) -> tuple[SortTerm, ...]:
        terms: dict[str, SortTerm] = {}
        for word in query.words("sort"):
            name = word.removeprefix("-")
            if name in self.sortable:
                check_shown(self.resource, self.resource.columns[name].attribute.key)
                terms.setdefault(name, self.sortable[name][word.startswith("-")])
            else:
                query.unknown("sort", name, self.sortable)
        return tuple(terms.values())

    def _shape(self, query: _Query) -> Shape:
        fields = query.words("fields")
        known = {*self.resource.columns, *self.resource.relation}
        for name in fields:
            if name not in known:
                query.unknown("fields", name, known)
        paths = [word.split(".") for word in query.words("include")]
        if len(paths) > MAX_INCLUDED:
            query.fault("include", f"at most {MAX_INCLUDED} relations")
        for path in paths:
            self._check_path(query, path)
        if query.faults:
            return Shape()
        if fields:
            paths += [[name] for name in fields if name in self.resource.relation]
            return Shape(
                frozenset((self.resource.key.name, *fields)),
                _embeds(self.resource, paths, eager=False),
            )
        return Shape(None, _embeds(self.resource, paths))

    def _check_path(self, query: _Query, path: list[str]) -> None:
        resource = self.resource
        if len(path) > MAX_DEPTH:
            query.fault("include", f"at most {MAX_DEPTH} relations deep")
            return
        for name in path:
            if name not in resource.relation:
                query.unknown("include", name, resource.relation)
                return
            resource = resource.relation[name].target


@cache
def parameters_of(resource: Resource) -> Parameters:
    return Parameters(resource)


def _embeds(
    resource: Resource, paths: Iterable[Sequence[str]], *, eager: bool = True
) -> dict[str, Shape]:
    """What is asked for, and what a resource always embeds; of the latter, what it embeds in turn is not."""
    nested: dict[str, list[Sequence[str]]] = {}
    for name, *rest in paths:
        nested.setdefault(name, []).extend([rest] if rest else [])
    embeds = {
        name: Shape(None, _embeds(resource.relation[name].target, rest))
        for name, rest in nested.items()
    }
    if eager:
        embeds = {**{name: Shape() for name in resource.embedded}, **embeds}
    return embeds


class _Query:
    """A query string from which parameters are taken, and what was wrong with it."""

    def __init__(self, items: Iterable[tuple[str, str]]) -> None:
        self._items: dict[str, list[str]] = {}
        for name, value in items:
            self._items.setdefault(name, []).append(value)
        self.faults: list[Fault] = []

    @property
    def names(self) -> set[str]:
        return set(self._items)

    def take(self, name: str, at_most: int) -> list[str]:
        texts = self._items.get(name, [])
        if len(texts) > at_most:
            self.fault(
                name, "is given more than once" if at_most == 1 else f"at most {at_most} values"
            )
        return texts[:at_most]

    def single(self, name: str) -> str | None:
        texts = self.take(name, 1)
        return texts[0] if texts else None

    def words(self, name: str) -> list[str]:
        """Comma-separated, and the parameter may be repeated."""
        words = [word for text in self._items.get(name, ()) for word in text.split(",")]
        return list(dict.fromkeys(words))

    def value(self, name: str, parse: Callable[[str], Any], text: str) -> Any:
        try:
            return parse(text)
        except ValidationError as error:
            self.fault(name, brief(error.errors(include_input=False)[0]["msg"]))
        except ValueError as error:
            self.fault(name, str(error))
        return None

    def limit(self) -> int:
        text = self.single("limit")
        if text is None:
            return DEFAULT_LIMIT
        if text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= MAX_LIMIT:
            return int(text)
        self.fault("limit", f"must be a number from 1 to {MAX_LIMIT}")
        return DEFAULT_LIMIT

    def boolean(self, name: str) -> bool:
        text = self.single(name)
        return False if text is None else bool(self.value(name, _BOOLEAN.validate_strings, text))

    def fault(self, parameter: str, detail: str) -> None:
        self.faults.append(Fault(parameter=parameter, detail=detail))

    def unknown(self, parameter: str, name: str, known: Iterable[str]) -> None:
        self.fault(parameter, f"{_shown(name)} is unknown{_guess(name, known)}")

    def finish(self, known: set[str]) -> None:
        """Refuse the query if anything in it is wrong or was not understood."""
        for name in sorted(self.names - known):
            self.fault(_shown(name), f"unknown parameter{_guess(name, known)}")
        if self.faults:
            raise Invalid(*self.faults)


def _shown(name: str) -> str:
    return (name or '""') if len(name) <= 100 else f"{name[:100]}…"


def _guess(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name[:100], known, n=1)
    return f", did you mean {close[0]}?" if close else ""
