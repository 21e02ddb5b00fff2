from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from terapin.tera.errors import Source, Span

# What Rust calls white space. `str.strip()` would also take U+001C to U+001F.
WHITESPACE = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)

_OPEN = re.compile(r"\{[{%#]-?")
_RAW = re.compile(r"\{%-?\s*raw\s*(-?)%\}")
_ENDRAW = re.compile(r"\{%(-?)\s*endraw\s*(-?)%\}")
_COMMENT_END = re.compile(r"(-?)#\}")
_TOKEN = re.compile(
    r"""[ \t\r\n]*(?:
      (?P<close>-?(?:\}\}|%\}))
    | (?P<string>"[^"]*"|'[^']*'|`[^`]*`)
    | (?P<float>(?:0|[1-9][0-9]*)\.[0-9]+)
    | (?P<int>0|[1-9][0-9]*)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<member>\.[A-Za-z0-9_]+)
    | (?P<operator>::|==|!=|<=|>=|[-+*/%<>=~|()\[\],])
    )""",
    re.VERBOSE,
)
_BLANK = re.compile(r"[ \t\r\n]*")


class Kind(StrEnum):
    TEXT = "text"
    OPEN = "open"
    CLOSE = "close"
    STRING = "string"
    FLOAT = "float"
    INT = "int"
    NAME = "name"
    MEMBER = "member"
    OPERATOR = "operator"
    END = "end"


class Token(NamedTuple):
    kind: Kind
    text: str
    span: Span


def tokenize(source: Source) -> list[Token]:
    return _Lexer(source).run()


class _Lexer:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.at = 0
        self.trim_next = False
        self.tokens: list[Token] = []

    def run(self) -> list[Token]:
        while opening := _OPEN.search(self.text, self.at):
            self._text(self.at, opening.start(), trim_end=opening[0].endswith("-"))
            if opening[0].startswith("{#"):
                self._comment(opening)
            elif raw := _RAW.match(self.text, opening.start()):
                self._raw(raw)
            else:
                self._tag(opening)
        end = len(self.text)
        self._text(self.at, end, trim_end=False)
        self._add(Kind.END, "", end, end)
        return self.tokens

    def _add(self, kind: Kind, text: str, start: int, end: int) -> None:
        self.tokens.append(Token(kind, text, Span(start, end)))

    def _text(self, start: int, end: int, *, trim_end: bool) -> None:
        text = self.text[start:end]
        if self.trim_next:
            text = text.lstrip(WHITESPACE)
        if trim_end:
            text = text.rstrip(WHITESPACE)
        if text:
            self._add(Kind.TEXT, text, start, end)
        self.trim_next = False

    def _comment(self, opening: re.Match[str]) -> None:
        ending = _COMMENT_END.search(self.text, opening.end())
        if not ending:
            raise self.source.error(Span(*opening.span()), "this comment is never closed")
        self.trim_next = bool(ending[1])
        self.at = ending.end()

    def _raw(self, opening: re.Match[str]) -> None:
        ending = _ENDRAW.search(self.text, opening.end())
        if not ending:
            raise self.source.error(
                Span(*opening.span()), "`raw` is never closed", "add `{% endraw %}`"
            )
        self.trim_next = bool(opening[1])
        self._text(opening.end(), ending.start(), trim_end=bool(ending[1]))
        self.trim_next = bool(ending[2])
        self.at = ending.end()

    def _tag(self, opening: re.Match[str]) -> None:
        kind = opening[0][:2]
        closing = "}}" if kind == "{{" else "%}"
        self._add(Kind.OPEN, kind, *opening.span())
        self.at = opening.end()
        while True:
            token = self._token(opening, closing)
            self.at = token.span.end
            if token.kind is Kind.CLOSE:
                break
            self.tokens.append(token)
        self.trim_next = token.text.startswith("-")
        self.tokens.append(token._replace(text=closing))

    def _token(self, opening: re.Match[str], closing: str) -> Token:
        match = _TOKEN.match(self.text, self.at)
        if not match:
            raise self._unreadable(opening, closing)
        kind = Kind(match.lastgroup or "")
        token = Token(kind, match[kind], Span(*match.span(kind)))
        if kind is Kind.CLOSE and token.text[-2:] != closing:
            raise self.source.error(token.span, f"expected `{closing}`, found `{token.text}`")
        return token

    def _unreadable(self, opening: re.Match[str], closing: str) -> Exception:
        blank = _BLANK.match(self.text, self.at)
        at = blank.end() if blank else self.at
        if at == len(self.text):
            return self.source.error(
                Span(*opening.span()), f"this tag is never closed, `{closing}` is missing"
            )
        here = Span(at, at + 1)
        if self.text[at] in "\"'`":
            return self.source.error(here, "this string is never closed")
        return self.source.error(here, f"unexpected character `{self.text[at]}`")
