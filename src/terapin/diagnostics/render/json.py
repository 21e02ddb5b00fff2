from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from ..diagnostic import Diagnostic, Span
from .locating import Locator, in_order


def as_json(diagnostics: Sequence[Diagnostic], locator: Locator) -> str:
    found = [_object(each, locator) for each in in_order(diagnostics, locator)]
    return json.dumps({"diagnostics": found}, indent=2, ensure_ascii=False) + "\n"


def _object(diagnostic: Diagnostic, locator: Locator) -> Mapping[str, object]:
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "span": _span(locator.span(diagnostic.where)),
        "labels": [
            {"text": label.text, "span": _span(locator.span(label.where))}
            for label in diagnostic.labels
        ],
        "notes": list(diagnostic.notes),
        "help": diagnostic.help,
    }


def _span(span: Span | None) -> Mapping[str, object] | None:
    if span is None:
        return None
    return {
        "file": span.source,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
