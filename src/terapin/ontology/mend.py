"""What can be read of a document that is not Turtle, with what it lacks supplied.

Nothing moves: every line and column of the document stays where it was.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from terapin.diagnostics.similar import similar
from terapin.vocabulary.namespaces import KNOWN

from . import limits
from .syntax import Declaration, Mistake, Statement, examine
from .tokens import Lexeme, Token

STAND_IN = "urn:undeclared:"
_VISIBLE = re.compile(r"[^\r\n]")


@dataclass(frozen=True, slots=True)
class Undeclared:
    """A prefix that is used, where it first is, and how often again.

    `later` is its declaration, if it follows; `meant` a declared prefix that is spelt much the same.
    """

    prefix: str
    namespace: str
    name: Lexeme
    more: int
    later: Lexeme | None
    meant: str | None


@dataclass(frozen=True, slots=True)
class Mended:
    """`turtle` is the document with its dots and without the statements that are lost, to be read with `injected`."""

    turtle: str
    mistakes: tuple[Mistake, ...]
    statements: tuple[Statement, ...]
    dotless: tuple[Lexeme, ...]
    undeclared: tuple[Undeclared, ...]
    injected: Mapping[str, str]

    @property
    def lost(self) -> list[Statement]:
        return [each for each in self.statements if each.mistaken is not None]

    def without(self, offset: int) -> Mended | None:
        """Without the statement at an offset, if there is one that was not lost before."""
        index = _index(self.statements, offset)
        if index < 0 or self.statements[index].mistaken is not None:
            return None
        statement = replace(self.statements[index], mistaken=offset)
        statements = (*self.statements[:index], statement, *self.statements[index + 1 :])
        return replace(self, turtle=_blanked(self.turtle, [statement]), statements=statements)


def mend(text: str, lexemes: Sequence[Lexeme]) -> Mended:
    syntax = examine(text, lexemes)
    lost = [each for each in syntax.statements if each.mistaken is not None]
    dotless = [each for each in _dotless(lexemes) if not _is_within(each, lost)]
    undeclared = tuple(_undeclared(lexemes, syntax.declared, lost))
    injected = {
        each.prefix: _namespace(each)
        for each in syntax.declared.values()
        if _is_within(each.name, lost)
    }
    injected |= {each.prefix: each.namespace for each in undeclared}
    turtle = _blanked(_with_dots(text, lexemes, dotless), lost)
    return Mended(turtle, syntax.mistakes, syntax.statements, tuple(dotless), undeclared, injected)


def _index(statements: Sequence[Statement], offset: int) -> int:
    """That of the last statement that begins at or before an offset."""
    return bisect_right(statements, offset, key=lambda each: each.first.start) - 1


def _is_within(lexeme: Lexeme, statements: Sequence[Statement]) -> bool:
    index = _index(statements, lexeme.start)
    return index >= 0 and lexeme.start < statements[index].end


def _blanked(text: str, statements: Iterable[Statement]) -> str:
    parts: list[str] = []
    done = 0
    for each in statements:
        parts += (
            text[done : each.first.start],
            _VISIBLE.sub(" ", text[each.first.start : each.end]),
        )
        done = each.end
    return "".join((*parts, text[done:]))


def _dotless(lexemes: Sequence[Lexeme]) -> Iterator[Lexeme]:
    """The IRIs that close an `@prefix` or `@base` without a dot."""
    for index, lexeme in enumerate(lexemes):
        if lexeme.kind is Token.DIRECTIVE:
            last = index + (2 if lexeme.text == "@prefix" else 1)
            following = lexemes[last + 1 : last + 2]
            complete = last < len(lexemes) and lexemes[last].kind is Token.IRI
            if complete and not (following and following[0].text == "."):
                yield lexemes[last]


def _with_dots(text: str, lexemes: Sequence[Lexeme], dotless: Sequence[Lexeme]) -> str:
    """`@prefix` without a dot as ` PREFIX`, which is as long and needs none."""
    ends = set(dotless)
    parts: list[str] = []
    done = 0
    directive: Lexeme | None = None
    for lexeme in lexemes:
        if lexeme.kind is Token.DIRECTIVE:
            directive = lexeme
        elif directive and lexeme in ends:
            parts += (text[done : directive.start], " ", directive.text[1:].upper())
            done = directive.end
    return "".join((*parts, text[done:]))


def _undeclared(
    lexemes: Sequence[Lexeme], declared: Mapping[str, Declaration], lost: Sequence[Statement]
) -> Iterator[Undeclared]:
    """Of what stands before its declaration or has none; what is not understood may be no name at all."""
    uses: dict[str, list[Lexeme]] = {}
    declaring = {each.name.start for each in declared.values()}
    for lexeme in lexemes:
        if lexeme.kind is Token.NAME and lexeme.start not in declaring:
            prefix = lexeme.text.partition(":")[0]
            declaration = declared.get(prefix)
            early = declaration is None or lexeme.start < declaration.name.start
            if early and not _is_mistaken(lexeme, lost):
                uses.setdefault(prefix, []).append(lexeme)
    for prefix, found in islice(uses.items(), limits.MISTAKES):
        later = declared.get(prefix)
        meant = (
            None if later or prefix in KNOWN else similar(prefix, {each: each for each in declared})
        )
        known = declared.get(meant or prefix)
        namespace = _namespace(known) if known else _usual(prefix)
        yield Undeclared(
            prefix, namespace, found[0], len(found) - 1, later.name if later else None, meant
        )


def _namespace(declaration: Declaration) -> str:
    return declaration.namespace or _usual(declaration.prefix)


def _usual(prefix: str) -> str:
    return KNOWN.get(prefix, f"{STAND_IN}{prefix}#")


def _is_mistaken(lexeme: Lexeme, lost: Sequence[Statement]) -> bool:
    if not _is_within(lexeme, lost):
        return False
    mistaken = lost[_index(lost, lexeme.start)].mistaken
    return mistaken is not None and lexeme.start >= mistaken
