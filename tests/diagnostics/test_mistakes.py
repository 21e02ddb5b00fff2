"""Broken ontologies with a mark under what is to blame, and the diagnostics as they are shown.

A line `#    ^^^^ code` marks a diagnostic of the line before, `#    ----` one of its labels; a `#` that
touches the mark belongs to it, and a mark that ends in `…` goes on in later lines. `#! code` expects a diagnostic
without a place, `# lenient` asks for lenience, and `#### b.ttl` begins another document.
`UPDATE_CASES=1 pytest tests/diagnostics/test_mistakes.py` writes what is shown; marks are written by hand.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from terapin.diagnostics import Where
from terapin.ontology import Compilation, Source, compile_sources

CASES = sorted((Path(__file__).parents[1] / "cases" / "mistakes").glob("*.ttl"))
_DOCUMENT = re.compile(r"^#### (.*)\n", re.MULTILINE)
_MARK = re.compile(r"(#[ \t]*)(\^+|-+)(…?)(?: ([a-z-]+))?\Z")


class Mark(NamedTuple):
    """`end` is None if it is on a later line, `code` if it is a label."""

    source: str
    line: int
    column: int
    end: int | None
    code: str | None


def documents(text: str) -> list[Source]:
    first, *rest = _DOCUMENT.split(text)
    named = zip(rest[::2], rest[1::2], strict=True)
    return [Source("a.ttl", first), *(Source(name, text) for name, text in named)]


def marks(source: Source) -> Iterator[Mark]:
    line = 0
    for number, text in enumerate(re.split("\r\n|\n", source.text), 1):
        match = _MARK.match(text)
        if match is None:
            line = number
            continue
        lead, _, goes_on, code = match.groups()
        start = 0 if lead == "#" else len(lead)
        yield Mark(source.name, line, start + 1, None if goes_on else match.end(2) + 1, code)


def found(compilation: Compilation) -> Iterator[Mark]:
    for diagnostic in compilation.diagnostics:
        yield mark(compilation, diagnostic.where, diagnostic.code)
        for label in diagnostic.labels:
            yield mark(compilation, label.where, None)


def mark(compilation: Compilation, where: Where | None, code: str | None) -> Mark:
    span = compilation.locator.span(where)
    if span is None:
        return Mark("", 0, 0, None, code)
    end = span.end_column if span.end_line == span.line else None
    return Mark(span.source, span.line, span.column, end, code)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_every_span_is_where_the_mark_is(case: Path) -> None:
    text = case.read_bytes().decode()
    sources = documents(text)
    placeless = [Mark("", 0, 0, None, code) for code in re.findall(r"^#! (.*)", text, re.MULTILINE)]
    compilation = compile_sources(sources, lenient=text.startswith("# lenient"))
    shown = compilation.as_text()
    expected = case.with_suffix(".txt")
    if os.environ.get("UPDATE_CASES"):
        expected.write_text(shown, "utf-8")
    marked = [*placeless, *(each for source in sources for each in marks(source))]
    assert sorted(found(compilation), key=repr) == sorted(marked, key=repr), shown
    assert shown == expected.read_text("utf-8")


def test_there_are_enough() -> None:
    assert len(CASES) >= 60
