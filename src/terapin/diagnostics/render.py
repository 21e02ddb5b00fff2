"""Diagnostics as people and programs read them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import combining, east_asian_width

import click

from .diagnostic import Diagnostic, Severity, Span, Where

_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_WIDEST = 160
_MARK, _OTHER_MARK = "^", "-"


@dataclass(frozen=True)
class Locator:
    """What a renderer asks of the documents: where a place is, and the text of a line of a source."""

    locate: Callable[[Where], Span | None]
    line: Callable[[str, int], str]


def as_text(diagnostics: Sequence[Diagnostic], locator: Locator, *, color: bool = False) -> str:
    """One after the other, in the order of the documents."""
    shown = [_text(each, locator, color) for each in in_order(diagnostics, locator)]
    return "\n".join(shown)


def in_order(diagnostics: Iterable[Diagnostic], locator: Locator) -> list[Diagnostic]:
    def key(diagnostic: Diagnostic) -> tuple[object, ...]:
        span = _span(diagnostic.where, locator)
        place = (span.source, span.line, span.column) if span else ("", 0, 0)
        return (*place, diagnostic.code, diagnostic.message)

    return sorted(diagnostics, key=key)


def _span(where: Where | None, locator: Locator) -> Span | None:
    return locator.locate(where) if where else None


def _text(diagnostic: Diagnostic, locator: Locator, color: bool) -> str:
    style = _styler(color)
    hue = _COLORS[diagnostic.severity]
    head = style(f"{diagnostic.severity}[{diagnostic.code}]", fg=hue, bold=True)
    lines = [f"{head}{style(':', bold=True)} {style(_plain(diagnostic.message), bold=True)}"]
    main = _span(diagnostic.where, locator)
    others = [(_span(label.where, locator), label.text) for label in diagnostic.labels]
    spans = [span for span in (main, *(span for span, _ in others)) if span]
    margin = max((len(str(span.line)) for span in spans), default=1)
    bar = " " * (margin + 1) + style("|", fg="blue")
    if main:
        lines += _excerpt(main, "-->", _MARK, "", locator, margin, style, hue)
    for span, text in others:
        if span:
            lines += _excerpt(span, ":::", _OTHER_MARK, text, locator, margin, style, "blue")
    footer = [f"note: {note}" for note in diagnostic.notes]
    if diagnostic.help:
        footer.append(f"help: {diagnostic.help}")
    if footer and spans:
        lines.append(bar)
    equals = " " * (margin + 1) + style("=", fg="blue")
    lines += [f"{equals} {_plain(each)}" for each in footer]
    return "\n".join(lines) + "\n"


def _excerpt(
    span: Span,
    arrow: str,
    mark: str,
    text: str,
    locator: Locator,
    margin: int,
    style: Callable[..., str],
    hue: str,
) -> list[str]:
    """The line of a span, with what is meant underlined; of a span of several lines, the first."""
    line = locator.line(span.source, span.line)
    end = span.end_column if span.end_line == span.line else len(line) + 1
    start, end = span.column - 1, max(end - 1, span.column)
    cut = max(0, min(start - 40, len(line) - _WIDEST)) if len(line) > _WIDEST else 0
    shown = line[cut : cut + _WIDEST]
    if cut:
        shown, start, end = "…" + shown, start - cut + 1, end - cut + 1
    if cut + _WIDEST < len(line):
        shown += "…"
    length = max(1, min(end, len(shown)) - start)
    indent = "".join(
        "\t" if character == "\t" else " " * _width(character) for character in shown[:start]
    )
    marks = mark * sum(
        _width(character) for character in shown[start : start + length].ljust(length)
    )
    bar = style("|", fg="blue")
    gutter = " " * (margin + 1)
    number = style(str(span.line).rjust(margin), fg="blue")
    label = f" {text}" if text else ""
    return [
        f"{' ' * margin}{style(arrow, fg='blue')} {span}",
        f"{gutter}{bar}",
        f"{number} {bar} {_plain(shown)}",
        f"{gutter}{bar} {indent}{style(marks + label, fg=hue, bold=True)}",
    ]


def _width(character: str) -> int:
    if combining(character):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def _plain(text: str) -> str:
    """Without what would move a terminal's cursor; tabs stay."""
    return "".join(c if c.isprintable() or c == "\t" else "\ufffd" for c in text)


def _styler(color: bool) -> Callable[..., str]:
    def style(text: str, **options: Any) -> str:
        return click.style(text, **options) if color else text

    return style


def as_json(diagnostics: Sequence[Diagnostic], locator: Locator) -> str:
    found = [_object(each, locator) for each in in_order(diagnostics, locator)]
    return json.dumps({"diagnostics": found}, indent=2, ensure_ascii=False) + "\n"


def _object(diagnostic: Diagnostic, locator: Locator) -> Mapping[str, object]:
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "span": _span_object(_span(diagnostic.where, locator)),
        "labels": [
            {"text": label.text, "span": _span_object(_span(label.where, locator))}
            for label in diagnostic.labels
        ],
        "notes": list(diagnostic.notes),
        "help": diagnostic.help,
    }


def _span_object(span: Span | None) -> Mapping[str, object] | None:
    if span is None:
        return None
    return {
        "file": span.source,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


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
