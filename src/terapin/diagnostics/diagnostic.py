"""What terapin has to say about an ontology, as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from terapin.model import Place


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a source: lines and columns count characters from 1, the end is exclusive."""

    source: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}"


Where = Place | Span


@dataclass(frozen=True, slots=True)
class Label:
    """Another place that matters to a diagnostic, and what is there."""

    where: Where
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """`where` is None for what concerns an ontology as a whole."""

    code: str
    severity: Severity
    message: str
    where: Where | None = None
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: str | None = None
