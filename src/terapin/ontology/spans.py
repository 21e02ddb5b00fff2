"""Where the triples of a document stand: their subjects, predicates and objects in the order of the parser.

Only the structure of the document is followed. Which triple each is, the parser knows: it gives the same
triples in the same order, so neither names nor literals have to be understood here. The parser's order:
a triple comes with the token that completes it, which is the `]` for a `[ … ]` as object, the first token
in it for a `( … )`, and the one that follows for a string (which could be followed by a language). Of the
triples that one token completes, the last comes first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from .tokens import Lexeme, Token, tokens


class Stretch(NamedTuple):
    start: int
    end: int


class Spot(NamedTuple):
    """The places of one triple."""

    subject: Stretch
    predicate: Stretch
    object: Stretch


@dataclass(slots=True)
class _Node:
    """Something that predicates and objects are being stated of: a statement, or what is between `[` and `]`."""

    subject: Stretch | None
    predicate: Stretch | None = None


@dataclass(slots=True)
class _List:
    """What is between `(` and `)`: the triple that the list is the object of, until it was given, and the latest item."""

    outer: Spot | None = None
    cell: Stretch | None = None


class _LostError(Exception):
    """The document is not what was expected."""


_TERMS = frozenset({Token.IRI, Token.NAME, Token.BLANK, Token.NUMBER, Token.WORD})


def spots(text: str) -> list[Spot]:
    """None of a document that cannot be followed."""
    try:
        return list(_Follower(list(tokens(text))).spots())
    except _LostError:
        return []


class _Follower:
    def __init__(self, lexemes: list[Lexeme]) -> None:
        self.lexemes = lexemes
        self.index = 0
        self.stack: list[_Node | _List] = []
        self.string: Stretch | None = None

    def spots(self) -> Iterator[Spot]:
        while self.index < len(self.lexemes):
            if not self.stack:
                if self.directive():
                    continue
                self.stack.append(_Node(None))
            yield from reversed(list(self.completed(self.take())))

    def completed(self, lexeme: Lexeme) -> Iterator[Spot]:
        """The triples that a token completes."""
        if self.string:
            follows = self.suffix(lexeme)
            if follows:
                self.string = self.string._replace(end=lexeme.end)
            if follows and lexeme.kind is Token.DATATYPE:
                return
            yield self.object(self.string)
            self.string = None
            if follows:
                return
        top = self.stack[-1]
        if isinstance(top, _List) and top.outer:
            yield top.outer
            top.outer = None
        if lexeme.kind is Token.PUNCTUATION:
            yield from self.punctuation(lexeme)
        elif lexeme.kind is Token.STRING:
            self.string = Stretch(lexeme.start, lexeme.end)
            yield from self.next_cell(self.string)
        elif lexeme.kind in _TERMS:
            yield from self.place(Stretch(lexeme.start, lexeme.end))
        else:
            raise _LostError

    def suffix(self, lexeme: Lexeme) -> bool:
        """Whether a token belongs to the string before it: its language, `^^`, or what follows that."""
        before = self.lexemes[self.index - 2]
        return lexeme.kind in (Token.LANGUAGE, Token.DATATYPE) or before.kind is Token.DATATYPE

    def take(self) -> Lexeme:
        self.index += 1
        return self.lexemes[self.index - 1]

    def directive(self) -> bool:
        lexeme = self.lexemes[self.index]
        word = lexeme.text.lstrip("@").upper()
        if lexeme.kind not in (Token.DIRECTIVE, Token.WORD) or word not in ("PREFIX", "BASE"):
            return False
        self.index += 3 if word == "PREFIX" else 2
        if self.index < len(self.lexemes) and self.lexemes[self.index].text == ".":
            self.index += 1
        return True

    def place(self, stretch: Stretch) -> Iterator[Spot]:
        """A term or a list, in the role that it has where it stands."""
        top = self.stack[-1]
        if isinstance(top, _Node) and top.subject is None:
            top.subject = stretch
        elif isinstance(top, _Node) and top.predicate is None:
            top.predicate = stretch
        else:
            yield from self.next_cell(stretch)
            yield self.object(stretch)

    def next_cell(self, stretch: Stretch) -> Iterator[Spot]:
        """Before an item of a list: its cell, which the one before leads to."""
        top = self.stack[-1]
        if isinstance(top, _List):
            if top.cell:
                yield Spot(top.cell, stretch, stretch)
            top.cell = stretch

    def object(self, stretch: Stretch) -> Spot:
        top = self.stack[-1]
        if isinstance(top, _List):
            return Spot(stretch, stretch, stretch)
        if top.subject is None or top.predicate is None:
            raise _LostError
        return Spot(top.subject, top.predicate, stretch)

    def punctuation(self, lexeme: Lexeme) -> Iterator[Spot]:
        stretch = Stretch(lexeme.start, lexeme.end)
        top = self.stack[-1]
        if lexeme.text == "[":
            yield from self.open_node(stretch)
        elif lexeme.text == "(":
            yield from self.open_list(stretch)
        elif lexeme.text == ")" and isinstance(top, _List):
            self.stack.pop()
            if top.cell:
                yield Spot(top.cell, stretch, stretch)
        elif lexeme.text == "]" and isinstance(top, _Node) and len(self.stack) > 1:
            yield from self.close_node(top)
        elif lexeme.text == ";" and isinstance(top, _Node):
            top.predicate = None
        elif lexeme.text == "." and len(self.stack) == 1:
            self.stack.clear()
        elif lexeme.text != ",":
            raise _LostError

    def open_list(self, stretch: Stretch) -> Iterator[Spot]:
        """The last that `place` gives is the triple whose object the list is, if there is one."""
        placed = list(self.place(stretch))
        yield from placed[:-1]
        self.stack.append(_List(placed[-1] if placed else None))

    def open_node(self, stretch: Stretch) -> Iterator[Spot]:
        yield from self.next_cell(stretch)
        self.stack.append(_Node(stretch))

    def close_node(self, node: _Node) -> Iterator[Spot]:
        self.stack.pop()
        top = self.stack[-1]
        if node.subject is None:
            raise _LostError
        if isinstance(top, _Node) and top.subject is None:
            top.subject = node.subject
        else:
            yield self.object(node.subject)
