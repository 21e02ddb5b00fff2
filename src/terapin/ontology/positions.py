"""Finds again where something was said; made only when there is something to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from terapin.diagnostics import Span
from terapin.model import Place

from .sources import Document, numbered
from .spans import Spot, Stretch, spots
from .terms import is_blank
from .tokens import Lines

_Key = tuple[str, str | None, str | None]


class Positions:
    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents

    def find(self, place: Place) -> Span | None:
        """The span of a place's object or, without one, of its predicate or else its subject: where it is first.

        A blank node of which nothing is said is where it is a value.
        """
        found = self._index.get((place.subject, place.predicate, place.object))
        if found is None:
            return None
        number, stretch = found
        lines, source = self._lines[number], self._documents[number].source
        return Span(source.name, *lines.position(stretch.start), *lines.position(stretch.end))

    @cached_property
    def _lines(self) -> list[Lines]:
        return [Lines(document.source.text) for document in self._documents]

    @cached_property
    def _index(self) -> Mapping[_Key, tuple[int, Stretch]]:
        index: dict[_Key, tuple[int, Stretch]] = {}
        held: dict[_Key, tuple[int, Stretch]] = {}
        for number, document in enumerate(self._documents):
            for (subject, predicate, value), spot in aligned(document, number):
                index.setdefault((subject, None, None), (number, spot.subject))
                index.setdefault((subject, predicate, None), (number, spot.predicate))
                index.setdefault((subject, predicate, value), (number, spot.object))
                if is_blank(value):
                    held.setdefault((value, None, None), (number, spot.object))
        return held | index


def aligned(document: Document, number: int) -> list[tuple[tuple[str, str, str], Spot]]:
    """The triples of a document with their spots; none if the two do not agree, rather than wrong ones."""
    triples = list(numbered(document.parser(), number))
    found = spots(document.turtle)
    return list(zip(triples, found, strict=True)) if len(triples) == len(found) else []
