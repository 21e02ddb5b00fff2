"""One node of the graph, read value by value; what is not of the expected kind is reported once and left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

from terapin.diagnostics import Diagnostic
from terapin.diagnostics.rules import broken_list, misplaced_term, too_large, wrong_value
from terapin.model import Place
from terapin.vocabulary import vocabulary
from terapin.vocabulary.namespaces import NAMESPACE, RDF, XSD

from . import limits
from .graph import Graph
from .lists import fault
from .mend import STAND_IN
from .statements import Stated
from .terms import FIRST, TYPE, iri, is_blank, is_iri, is_literal, literal

Value = TypeVar("Value")
Choice = TypeVar("Choice", bound=StrEnum)

_TEXTS = frozenset({XSD + "string", RDF + "langString", XSD + "normalizedString", XSD + "token"})
_INTEGERS = frozenset(
    XSD + name
    for name in (
        "integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger",
        "nonPositiveInteger", "negativeInteger", "unsignedInt", "unsignedLong", "unsignedShort",
        "unsignedByte",
    )
)  # fmt: skip
_NUMBERS = _INTEGERS | {XSD + "decimal", XSD + "double", XSD + "float"}
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}
_OURS = f"<{NAMESPACE}"
_UNDECLARED = f"<{STAND_IN}"
_MOST_DIGITS = 1000
_VERSION = re.compile(
    r"[0-9]{1,9}(\.[0-9]{1,9}){0,3}((a|b|rc)[0-9]{1,9})?(\.post[0-9]{1,9})?(\.dev[0-9]{1,9})?\Z"
)
_INTEGER = re.compile(r"[+-]?[0-9]{1,30}\Z")


Terms = Mapping[str, tuple[str, Callable[["Subject", str], Stated[Any] | None]]]


class Subject:
    """`doubtful` becomes true when something about the node is reported."""

    def __init__(
        self, graph: Graph, node: str, shorten: Callable[[str], str], problems: list[Diagnostic]
    ) -> None:
        self.graph = graph
        self.node = node
        self.properties = graph.properties(node)
        self.doubtful = False
        self._shorten = shorten
        self._problems = problems

    def expect(self, terms: frozenset[str]) -> None:
        """Reports terms of ours that are not said of such a node; those that are no terms, a rule reports."""
        if self.properties.keys() <= terms:
            return
        for predicate in self.properties:
            if predicate.startswith(_UNDECLARED):
                self.doubtful = True
            if not predicate.startswith(_OURS) or predicate in terms:
                continue
            term = vocabulary().terms.get(iri(predicate))
            if term is None or not term.built:
                self.doubtful = True
            elif not any(iri(kind) in term.domain for kind in self.properties.get(TYPE, ())):
                self.report(misplaced_term.diagnostic(self.place(predicate), term))

    def report(self, diagnostic: Diagnostic) -> None:
        self.doubtful = True
        self._problems.append(diagnostic)

    def wrong(self, predicate: str, value: str, expected: str) -> None:
        self.report(
            wrong_value.diagnostic(
                self.place(predicate, value),
                self._shorten(predicate),
                self._shorten(value),
                expected,
            )
        )

    def place(self, predicate: str | None = None, value: str | None = None) -> Place:
        return Place(self.node, predicate, value)

    def stated(self, terms: Terms) -> dict[str, Any]:
        """By attribute, what the node states of some terms."""
        found = {}
        for predicate in self.properties:
            if predicate in terms:
                attribute, read = terms[predicate]
                found[attribute] = read(self, predicate)
        return found

    def single(self, predicate: str) -> str | None:
        values = self.properties.get(predicate)
        if not values:
            return None
        if len(values) > 1:
            self.report(
                wrong_value.several(
                    [self.place(predicate, value) for value in values], self._shorten(predicate)
                )
            )
            return None
        return values[0]

    def parsed(
        self, predicate: str, parse: Callable[[str], Value | None], expected: str
    ) -> Stated[Value] | None:
        """What `parse` makes of the value, or None of one that is not as `expected`."""
        term = self.single(predicate)
        if term is None:
            return None
        value = parse(term)
        if value is None:
            self.wrong(predicate, term, expected)
            return None
        return Stated(value, self.node, predicate, term)

    def text(self, predicate: str) -> Stated[str] | None:
        return self.parsed(predicate, text_of, "a string")

    def version(self, predicate: str) -> Stated[str] | None:
        return self.parsed(predicate, _version_of, "a version such as 1.0.0")

    def flag(self, predicate: str) -> Stated[bool] | None:
        return self.parsed(predicate, _flag_of, "true or false")

    def count(self, predicate: str) -> Stated[int] | None:
        return self.parsed(predicate, _count_of, "a whole number from 0 on")

    def number(self, predicate: str) -> Stated[Decimal] | None:
        return self.parsed(predicate, number_of, "a number")

    def reference(self, predicate: str) -> Stated[str] | None:
        """Of something that is declared without an IRI, it is told there."""
        if any(map(self._is_nameless, self.properties.get(predicate, ()))):
            self.doubtful = True
            return None
        return self.parsed(predicate, _iri_of, "an IRI")

    def _is_nameless(self, term: str) -> bool:
        kinds = self.graph.values(term, TYPE) if is_blank(term) else []
        return any(kind.startswith(_OURS) for kind in kinds)

    def term(self, predicate: str) -> Stated[str] | None:
        return self.parsed(predicate, lambda term: term, "a value")

    def choice(
        self, predicate: str, choices: type[Choice], fold: Callable[[str], str] = str
    ) -> Stated[Choice] | None:
        stated = self.text(predicate)
        if stated is None:
            return None
        for choice in choices:
            if choice.value == fold(stated.value):
                return Stated(choice, *stated[1:])
        predicate = self._shorten(predicate)
        self.report(wrong_value.choice(stated.place, predicate, stated.value, list(choices)))
        return None

    def items(self, predicate: str, of: str) -> list[tuple[str, str]]:
        """The cells of the list that is the value of a predicate, and what they hold."""
        head = self.single(predicate)
        if head is None:
            return []
        cells = self._cells(head)
        if cells is None:
            self.wrong(predicate, head, f"a list ( … ) of {of}")
        return cells or []

    def _cells(self, head: str) -> list[tuple[str, str]] | None:
        """None if it is no list; one that is broken or too long is reported and taken as empty."""
        if is_literal(head):
            return None
        cells = self.graph.items(head)
        if cells is None:
            found = fault(self.graph, head)
            if found is None:
                return None
            self.report(broken_list.RULE.at(*found))
        elif len(cells) > limits.ITEMS:
            cell, value = cells[limits.ITEMS]
            message = f"a list has more than {limits.ITEMS:,} items"
            self.report(too_large.RULE.at(Place(cell, FIRST, value), message))
        else:
            return cells
        return []

    def nodes(self, predicate: str, of: str) -> list[tuple[str, str]]:
        """As `items`, for what must not be literals."""
        cells = self.items(predicate, of)
        for cell, term in cells:
            if is_literal(term):
                self.report(wrong_value.item(Place(cell, FIRST, term), self._shorten(term), of))
        return [cell for cell in cells if not is_literal(cell[1])]

    def texts(self, predicate: str, of: str) -> tuple[Stated[str], ...]:
        return self._texts_in(self.items(predicate, of), of)

    def groups(self, predicate: str, of: str) -> tuple[tuple[Stated[str], ...], ...]:
        """A list of lists of strings."""
        groups = []
        for cell, head in self.items(predicate, f"lists of {of}"):
            inner = Subject(self.graph, cell, self._shorten, self._problems)
            cells = inner._cells(head)
            if cells:
                groups.append(inner._texts_in(cells, of))
            elif not inner.doubtful:
                place = Place(cell, FIRST, head)
                inner.report(wrong_value.item(place, self._shorten(head), f"lists of {of}"))
            self.doubtful = self.doubtful or inner.doubtful
        return tuple(groups)

    def _texts_in(self, cells: list[tuple[str, str]], of: str) -> tuple[Stated[str], ...]:
        texts = []
        for cell, term in cells:
            text = text_of(term)
            if text is None:
                place = Place(cell, FIRST, term)
                self.report(wrong_value.item(place, self._shorten(term), of))
            else:
                texts.append(Stated(text, cell, FIRST, term))
        return tuple(texts)


@lru_cache(maxsize=65536)
def text_of(term: str) -> str | None:
    if not is_literal(term):
        return None
    found = literal(term)
    return found.value if found.datatype in _TEXTS else None


def number_of(term: str) -> Decimal | None:
    if not is_literal(term) or literal(term).datatype not in _NUMBERS:
        return None
    try:
        number = Decimal(literal(term).value)
    except InvalidOperation:
        return None
    return number if number.is_finite() and number.adjusted() < _MOST_DIGITS else None


def _version_of(term: str) -> str | None:
    """Of the forms that Python packages can have, those without an epoch or a local part."""
    text = text_of(term)
    return text if text and _VERSION.match(text) else None


def _flag_of(term: str) -> bool | None:
    if not is_literal(term) or literal(term).datatype != XSD + "boolean":
        return None
    return _BOOLEANS.get(literal(term).value)


def _count_of(term: str) -> int | None:
    if not is_literal(term) or literal(term).datatype not in _INTEGERS:
        return None
    text = literal(term).value
    return int(text) if _INTEGER.match(text) and int(text) >= 0 else None


def _iri_of(term: str) -> str | None:
    return iri(term) if is_iri(term) else None
