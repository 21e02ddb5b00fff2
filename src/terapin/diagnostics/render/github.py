from __future__ import annotations

from collections.abc import Sequence

from ..diagnostic import Diagnostic, Severity, Span
from .locating import Locator, in_order

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def as_github(diagnostics: Sequence[Diagnostic], locator: Locator) -> str:
    """Workflow commands, a line each, that GitHub shows as annotations of the lines."""
    return "".join(_command(each, locator) for each in in_order(diagnostics, locator))


def _command(diagnostic: Diagnostic, locator: Locator) -> str:
    properties = {**_place(locator.span(diagnostic.where)), "title": f"terapin {diagnostic.code}"}
    stated = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    parts = [diagnostic.message, *(f"note: {each}" for each in diagnostic.notes)]
    if diagnostic.help:
        parts.append(f"help: {diagnostic.help}")
    message = _data("\n".join(parts))
    return f"::{_COMMANDS[diagnostic.severity]} {stated}::{message}\n"


def _place(span: Span | None) -> dict[str, str | int]:
    """Of a span of several lines, GitHub takes no columns."""
    if span is None:
        return {}
    place: dict[str, str | int] = {
        "file": span.source,
        "line": span.line,
        "endLine": span.end_line,
    }
    if span.line == span.end_line:
        place |= {"col": span.column, "endColumn": span.end_column}
    return place


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
