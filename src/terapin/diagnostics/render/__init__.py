"""Diagnostics as people and programs read them, a module a form."""

from .github import as_github
from .json import as_json
from .locating import Locator, in_order
from .sarif import as_sarif
from .text import as_text, summary

__all__ = ["Locator", "as_github", "as_json", "as_sarif", "as_text", "in_order", "summary"]
