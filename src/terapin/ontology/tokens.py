"""The tokens of a Turtle document, with their places: what the parser does not tell."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_CHARS = _BASE + "_0-9\u00b7\u0300-\u036f\u203f-\u2040\\-"
_PREFIX = f"(?:[{_BASE}](?:[{_CHARS}.]*[{_CHARS}])?)?"
_ESCAPED = r"%[0-9A-Fa-f]{2}|\\[-_~.!$&'()*+,;=/?#@%]"
_LOCAL = f"(?:[{_BASE}_:0-9]|{_ESCAPED})(?:(?:[{_CHARS}.:]|{_ESCAPED})*(?:[{_CHARS}:]|{_ESCAPED}))?"


class Token(StrEnum):
    """NAME is a prefixed name, WORD a keyword (`a`, `true`, `PREFIX`) or what looks like one.

    ERROR is what Turtle does not know, such as a string that is not closed.
    """

    IRI = "iri"
    STRING = "string"
    NAME = "name"
    BLANK = "blank"
    NUMBER = "number"
    DIRECTIVE = "directive"
    LANGUAGE = "language"
    DATATYPE = "datatype"
    PUNCTUATION = "punctuation"
    WORD = "word"
    ERROR = "error"


_COMMENT = r"\#[^\n]*"
_IRI = r"<(?:[^\x00-\x20<>\"{}|^`\\]++|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>"
_STRING = (
    r'"""(?:[^"\\]++|\\.|"(?!""))*+"""'
    r"|'''(?:[^'\\]++|\\.|'(?!''))*+'''"
    r'|"(?!"")(?:[^"\\\n\r]++|\\.)*+"'
    r"|'(?!'')(?:[^'\\\n\r]++|\\.)*+'"
)
_UNCLOSED = r"\"\"\".*|'''.*|\"[^\r\n]*|'[^\r\n]*|<[^\r\n>]*>?"
# Compiled when they are needed, which takes as long as importing ten modules.
_BRACKETS = (
    rf"(?:[^#<\"'\\\[\]()]++|{_COMMENT}|{_IRI}|{_STRING}|{_UNCLOSED}|\\.?)*+"
    r"(?:(?P<bracket>[\[\]()])|\Z)"
)
_TOKENS = (
    rf"(?:[ \t\r\n]|{_COMMENT})+"
    rf"|(?P<iri>{_IRI})"
    rf"|(?P<string>{_STRING})"
    rf"|(?P<name>{_PREFIX}:(?:{_LOCAL})?)"
    rf"|(?P<blank>_:[{_BASE}_0-9](?:[{_CHARS}.]*[{_CHARS}])?)"
    r"|(?P<number>[+-]?(?:[0-9]+\.[0-9]*[eE][+-]?[0-9]+|\.?[0-9]+[eE][+-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+))"
    r"|(?P<directive>@(?:prefix|base)\b)"
    r"|(?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)"
    r"|(?P<datatype>\^\^)"
    r"|(?P<punctuation>[.;,()\[\]])"
    rf"|(?P<word>[{_BASE}](?:[{_CHARS}.]*[{_CHARS}])?)"
    rf"|(?P<error>{_UNCLOSED}|.)"
)


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A token of a document: its kind, its text, and the offset of its first character."""

    kind: Token
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def tokens(text: str) -> Iterator[Lexeme]:
    for match in re.finditer(_TOKENS, text, re.DOTALL):
        if match.lastgroup:
            yield Lexeme(Token(match.lastgroup), match.group(), match.start())


def brackets(text: str) -> Iterator[Lexeme]:
    """Those of `tokens` only, which takes a fraction of the time."""
    for match in re.finditer(_BRACKETS, text, re.DOTALL):
        if match["bracket"]:
            yield Lexeme(Token.PUNCTUATION, match["bracket"], match.start("bracket"))


# As the parser counts them.
_LINE_END = re.compile("\r\n|\n|\r")


@dataclass(frozen=True)
class Lines:
    """Offsets of a document as lines and columns, both from 1."""

    text: str

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    def position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        return self._starts[min(line, len(self._starts)) - 1] + column - 1

    def line(self, number: int) -> str:
        """The text of a line, without its end."""
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")
