"""Python as a tree, of what somebody wrote."""

from __future__ import annotations

import ast
import io
import tokenize


def parsed(source: str | bytes) -> ast.Module | None:
    """None of what is not Python, or nests deeper than Python itself can read."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def says_the_same(one: bytes, other: bytes) -> bool:
    """Whether two modules differ in nothing but how they are laid out: comments count, parentheses do not."""
    trees = parsed(one), parsed(other)
    if trees[0] is None or trees[1] is None or _comments(one) != _comments(other):
        return False
    return ast.dump(trees[0]) == ast.dump(trees[1])


def _comments(source: bytes) -> list[str]:
    tokens = tokenize.tokenize(io.BytesIO(source).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]
