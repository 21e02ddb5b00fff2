from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..diagnostic import Diagnostic, Span, Where


@dataclass(frozen=True)
class Locator:
    """What a renderer asks of the documents: where a place is, and the text of a line of a source."""

    locate: Callable[[Where], Span | None]
    line: Callable[[str, int], str]

    def span(self, where: Where | None) -> Span | None:
        return self.locate(where) if where else None


def in_order(diagnostics: Iterable[Diagnostic], locator: Locator) -> list[Diagnostic]:
    """In the order of the documents; those without a place come first."""

    def key(diagnostic: Diagnostic) -> tuple[object, ...]:
        span = locator.span(diagnostic.where)
        place = (span.source, span.line, span.column) if span else ("", 0, 0)
        return (*place, diagnostic.code, diagnostic.message)

    return sorted(diagnostics, key=key)
