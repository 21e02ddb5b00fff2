from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ... import __version__
from ..diagnostic import Diagnostic, Severity, Span
from ..registry import rules
from ..rule import Rule
from .locating import Locator, in_order

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def as_sarif(diagnostics: Sequence[Diagnostic], locator: Locator) -> str:
    """A log of SARIF 2.1.0 with one run; only the rules that are broken are described."""
    ordered = in_order(diagnostics, locator)
    codes = sorted({each.code for each in ordered})
    driver = {
        "name": "terapin",
        "semanticVersion": __version__,
        "rules": [_rule(rules()[code]) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, codes.index(each.code), locator) for each in ordered],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(rule: Rule) -> Mapping[str, Any]:
    described: dict[str, Any] = {
        "id": rule.code,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": " ".join(rule.explanation.split())},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }
    if rule.example:
        described["help"] = {
            "text": f"{rule.explanation}\n\nReported:\n\n{rule.example}\nMended:\n\n{rule.mended}",
            "markdown": f"{rule.explanation}\n\nReported:\n\n```turtle\n{rule.example}```\n\n"
            f"Mended:\n\n```turtle\n{rule.mended}```\n",
        }
    return described


def _result(diagnostic: Diagnostic, index: int, locator: Locator) -> Mapping[str, Any]:
    parts = [diagnostic.message, *(f"note: {each}" for each in diagnostic.notes)]
    if diagnostic.help:
        parts.append(f"help: {diagnostic.help}")
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": _LEVELS[diagnostic.severity],
        "message": _message("\n".join(parts)),
    }
    if span := locator.span(diagnostic.where):
        result["locations"] = [_location(span)]
    labels = [(locator.span(label.where), label.text) for label in diagnostic.labels]
    related = [{**_location(span), "message": _message(text)} for span, text in labels if span]
    if related:
        result["relatedLocations"] = related
    return result


def _message(text: str) -> Mapping[str, str]:
    """In a message of SARIF, `{0}` is a placeholder."""
    return {"text": text.replace("{", "{{").replace("}", "}}")}


def _location(span: Span) -> Mapping[str, Any]:
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    artifact = {"uri": _uri(span.source)}
    return {"physicalLocation": {"artifactLocation": artifact, "region": region}}


def _uri(source: str) -> str:
    path = Path(source)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
