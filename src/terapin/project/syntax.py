"""Python as a tree, of what somebody wrote."""

from __future__ import annotations

import ast


def parsed(source: str | bytes) -> ast.Module | None:
    """None of what is not Python, or nests deeper than Python itself can read."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
