"""What a rule is: a code, what it means, and an ontology that breaks it."""

from __future__ import annotations

from dataclasses import dataclass

from .diagnostic import Diagnostic, Label, Severity, Where
from .masking import masked

_LONGEST = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`example` triggers the rule and nothing else, `mended` nothing at all: tests hold both to that.

    `before` is what was generated last, for a rule about changes.
    What a `local` rule says of a node holds whatever the statements of other nodes are, so that it is said
    also where some of those could not be read.
    """

    code: str
    local: bool = False
    severity: Severity = Severity.ERROR
    summary: str
    explanation: str
    example: str
    mended: str
    before: str = ""

    def at(
        self,
        where: Where | None,
        message: str,
        *,
        help: str | None = None,
        notes: tuple[str, ...] = (),
        labels: tuple[Label, ...] = (),
    ) -> Diagnostic:
        return Diagnostic(
            code=self.code,
            severity=self.severity,
            message=_brief(message),
            where=where,
            labels=labels,
            notes=tuple(map(_brief, notes)),
            help=help and _brief(help),
        )


def _brief(text: str) -> str:
    """Names and values can be of any length, and have secrets in them."""
    text = masked(text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
