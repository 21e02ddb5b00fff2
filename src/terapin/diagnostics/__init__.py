"""Diagnostics: their data (`diagnostic`), the rules that make them (`rules`), and how they are shown (`render`)."""

from .diagnostic import Diagnostic, Label, Severity, Span, Where
from .rule import Rule

__all__ = ["Diagnostic", "Label", "Rule", "Severity", "Span", "Where"]
