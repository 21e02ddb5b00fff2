from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from textwrap import fill
from typing import Any
from unicodedata import combining, east_asian_width

import click

from ..diagnostic import Diagnostic, Severity, Span
from ..masking import masked
from .locating import Locator, in_order

_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_WIDEST = 160
_NARROWEST = 30
_TAB = "    "
# What is to be copied is not broken over lines.
_CODE = re.compile(r"`[^`]*`")
_UNBROKEN = "\0"


def as_text(
    diagnostics: Sequence[Diagnostic],
    locator: Locator,
    *,
    color: bool = False,
    width: int | None = None,
) -> str:
    """One after the other, in the order of the documents.

    `width` is that of the terminal. Without one, what is said is not wrapped, and source lines are cut only if
    they are very long.
    """
    page = _Page(locator, color, max(width, _NARROWEST) if width else None)
    return "\n".join(page.shown(each) for each in in_order(diagnostics, locator))


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """`2 errors, 1 warning`; empty if there is nothing to say."""
    counts = dict.fromkeys(Severity, 0)
    for each in diagnostics:
        counts[each.severity] += 1
    words = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
    return ", ".join(
        f"{count} {words[severity]}{'s' * (count > 1)}"
        for severity, count in counts.items()
        if count
    )


@dataclass(frozen=True)
class _Page:
    locator: Locator
    color: bool
    width: int | None

    def shown(self, diagnostic: Diagnostic) -> str:
        return "\n".join(self.lines(diagnostic)) + "\n"

    def lines(self, diagnostic: Diagnostic) -> Iterator[str]:
        hue = _COLORS[diagnostic.severity]
        head = f"{diagnostic.severity}[{diagnostic.code}]"
        message = self.wrapped(f"{head}: {diagnostic.message}", 2).removeprefix(head)
        yield self.style(head, fg=hue, bold=True) + self.style(message, bold=True)
        main = self.locator.span(diagnostic.where)
        labels = [(self.locator.span(label.where), label.text) for label in diagnostic.labels]
        spans = [span for span in (main, *(span for span, _ in labels)) if span]
        margin = max((len(str(span.line)) for span in spans), default=1)
        if main:
            yield from self.excerpt(main, margin, "-->", "^", hue)
        for span, text in labels:
            if span:
                yield from self.excerpt(span, margin, ":::", "-", "blue", text)
        yield from self.footer(diagnostic, margin, separated=bool(spans))

    def footer(self, diagnostic: Diagnostic, margin: int, *, separated: bool) -> Iterator[str]:
        parts = [f"note: {note}" for note in diagnostic.notes]
        if diagnostic.help:
            parts.append(f"help: {diagnostic.help}")
        gutter = " " * (margin + 1)
        if parts and separated:
            yield gutter + self.style("|", fg="blue")
        for part in parts:
            text = self.wrapped(f"{gutter}= {part}", margin + 9)
            yield gutter + self.style("=", fg="blue") + text.removeprefix(f"{gutter}=")

    def excerpt(
        self, span: Span, margin: int, arrow: str, mark: str, hue: str, text: str = ""
    ) -> Iterator[str]:
        """The line of a span, with what is meant underlined; of a span of several lines, the first."""
        line = masked(self.locator.line(span.source, span.line))
        end = span.end_column if span.end_line == span.line else len(line) + 1
        room = self.width - margin - 3 if self.width else _WIDEST
        cut = _cut(line, span.column - 1, end - 1, room)
        gutter, bar = " " * (margin + 1), self.style("|", fg="blue")
        number = self.style(str(span.line).rjust(margin), fg="blue")
        marks = self.style(f"{mark * cut.length} {text}".rstrip(), fg=hue, bold=True)
        yield f"{' ' * margin}{self.style(arrow, fg='blue')} {span}"
        yield gutter + bar
        yield f"{number} {bar} {cut.text}"
        yield f"{gutter}{bar} {' ' * cut.indent}{marks}"

    def style(self, text: str, **options: Any) -> str:
        return click.style(text, **options) if self.color else text

    def wrapped(self, text: str, indent: int) -> str:
        """The indentation at the beginning is kept, and that of further lines is `indent`."""
        text = plain(text)
        if self.width is None:
            return text
        most = self.width - indent
        kept = _CODE.sub(
            lambda match: _unbroken(match[0]) if len(match[0]) < most else match[0], text
        )
        wrapped = fill(
            kept,
            self.width,
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        return wrapped.replace(_UNBROKEN, " ")


@dataclass(frozen=True, slots=True)
class _Cut:
    """What is shown of a line, and where in it the marks stand: in columns of the terminal."""

    text: str
    indent: int
    length: int


def _cut(line: str, start: int, end: int, room: int) -> _Cut:
    """A line that is too long is cut around what is marked."""
    start = min(start, len(line))
    # A line may have a million characters, of which none is looked at that cannot be shown.
    nearby = max(0, start - 2 * room)
    text = plain(line[nearby : start + 2 * room])
    columns = [0, *accumulate(map(_width, text))]
    start, end = start - nearby, min(end - nearby, len(text))
    first, last = 0, len(text)
    if columns[-1] > room:
        room -= 2
        begin = max(0, min(columns[start] - room // 3, columns[-1] - room))
        first = bisect_left(columns, begin)
        last = max(first, bisect_right(columns, columns[first] + room) - 1)
    before, after = "…" * (nearby + first > 0), "…" * (nearby + last < len(line))
    shown = f"{before}{text[first:last]}{after}".replace("\t", _TAB).rstrip()
    indent = columns[start] - columns[first] + len(before)
    return _Cut(shown, indent, max(1, columns[min(end, last)] - columns[start]))


def _unbroken(code: str) -> str:
    return code.replace(" ", _UNBROKEN)


def _width(character: str) -> int:
    if character == "\t":
        return len(_TAB)
    if combining(character):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def plain(text: str) -> str:
    """Without what would move a terminal's cursor; tabs stay."""
    return "".join(c if c.isprintable() or c == "\t" else "\ufffd" for c in text)
