"""What there is to say about a change before the database follows it."""

from __future__ import annotations

from collections.abc import Callable

from ..diagnostics import Diagnostic, Severity
from ..diagnostics.registry import judgements
from .change import Change


def objections(
    change: Change,
    *,
    shorten: Callable[[str], str] = "<{}>".format,
    allow_destructive: bool = False,
) -> tuple[Diagnostic, ...]:
    """The errors, or else the warnings: those are about a migration that errors keep from being written.

    `allow_destructive` says that whatever is lost may go: then there are no errors. `shorten` writes an IRI
    as the ontology does.
    """
    said = [each for judge in judgements() for each in judge(change, shorten)]
    errors = tuple(each for each in said if each.severity is Severity.ERROR)
    if errors and not allow_destructive:
        return errors
    return tuple(each for each in said if each not in errors)
