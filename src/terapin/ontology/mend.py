"""What a document lacks that is plain enough to be supplied: dots after prefixes, and undeclared prefixes.

Nothing moves: what is supplied leaves every line and column of the document where it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from terapin.vocabulary.namespaces import KNOWN

from .tokens import Lexeme, Token, tokens

STAND_IN = "urn:undeclared:"


@dataclass(frozen=True, slots=True)
class Undeclared:
    """A prefix that is used, where it first is, and how often again."""

    prefix: str
    name: Lexeme
    more: int

    @property
    def namespace(self) -> str:
        """The usual one of a known prefix, else one that stands in for it while the checks go on."""
        return KNOWN.get(self.prefix, f"{STAND_IN}{self.prefix}#")


@dataclass(frozen=True, slots=True)
class Mended:
    """`turtle` is the document with its dots, to be read with the namespaces of `undeclared`."""

    turtle: str
    dotless: tuple[Lexeme, ...]
    undeclared: tuple[Undeclared, ...]


def mend(text: str) -> Mended:
    lexemes = list(tokens(text))
    dotless = _dotless(lexemes)
    return Mended(_without_dots(text, lexemes, dotless), dotless, _undeclared(lexemes))


def _dotless(lexemes: Sequence[Lexeme]) -> tuple[Lexeme, ...]:
    """The IRIs that close an `@prefix` or `@base` without a dot."""
    found: list[Lexeme] = []
    for index, lexeme in enumerate(lexemes):
        if lexeme.kind is Token.DIRECTIVE:
            last = index + (2 if lexeme.text == "@prefix" else 1)
            following = lexemes[last + 1 : last + 2]
            complete = last < len(lexemes) and lexemes[last].kind is Token.IRI
            if complete and not (following and following[0].text == "."):
                found.append(lexemes[last])
    return tuple(found)


def _without_dots(text: str, lexemes: Sequence[Lexeme], dotless: Sequence[Lexeme]) -> str:
    """`@prefix` without a dot as ` PREFIX`, which is as long and needs none."""
    ends = set(dotless)
    parts: list[str] = []
    done = 0
    directive: Lexeme | None = None
    for lexeme in lexemes:
        if lexeme.kind is Token.DIRECTIVE:
            directive = lexeme
        elif lexeme in ends and directive:
            parts += (text[done : directive.start], " ", directive.text[1:].upper())
            done = directive.end
    return "".join((*parts, text[done:]))


def _undeclared(lexemes: Sequence[Lexeme]) -> tuple[Undeclared, ...]:
    declared: set[str] = set()
    uses: dict[str, list[Lexeme]] = {}
    previous: Lexeme | None = None
    for lexeme in lexemes:
        if lexeme.kind is Token.NAME:
            prefix = lexeme.text.partition(":")[0]
            if _declares(previous):
                declared.add(prefix)
            elif prefix not in declared:
                uses.setdefault(prefix, []).append(lexeme)
        previous = lexeme
    return tuple(Undeclared(prefix, found[0], len(found) - 1) for prefix, found in uses.items())


def _declares(lexeme: Lexeme | None) -> bool:
    if lexeme is None:
        return False
    return lexeme.text == "@prefix" or (
        lexeme.kind is Token.WORD and lexeme.text.upper() == "PREFIX"
    )
