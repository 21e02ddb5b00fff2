"""What keeps a document from being Turtle: every mistake once, and the statements that are lost by them.

The parser tells only what it met where it stopped. Here the structure is followed token by token. After a
mistake, what was most likely meant is assumed; where that is not plain, nothing more is said until the
indentation or a new statement shows where the document goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from itertools import takewhile

from .tokens import Lexeme, Lines, Token


@dataclass(frozen=True, slots=True)
class Mistake:
    """`start` and `end` are offsets; `opening` is the bracket that lacks another one."""

    start: int
    end: int
    message: str
    help: str | None = None
    opening: Lexeme | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """`mistaken` is the offset from which on it is not understood, if there is one."""

    first: Lexeme
    end: int
    mistaken: int | None = None


@dataclass(frozen=True, slots=True)
class Declaration:
    """A prefix with its namespace, unless that cannot be read."""

    name: Lexeme
    namespace: str | None

    @property
    def prefix(self) -> str:
        return self.name.text.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Syntax:
    """`declared` are prefixes, also those of declarations that have mistakes."""

    mistakes: tuple[Mistake, ...]
    declared: Mapping[str, Declaration]
    statements: tuple[Statement, ...]


def examine(text: str, lexemes: Sequence[Lexeme]) -> Syntax:
    follower = _Follower(Lines(text), [*lexemes, Lexeme(Token.PUNCTUATION, "", len(text))])
    follower.document()
    mistakes = sorted(follower.mistakes, key=lambda each: each.start)
    return Syntax(tuple(mistakes), follower.declared, tuple(follower.statements))


def is_directive(lexeme: Lexeme) -> bool:
    """At the beginning of a statement; also one that is misspelt."""
    word = lexeme.kind is Token.WORD and lexeme.text.lower() in _PARTS
    return word or lexeme.kind in (Token.DIRECTIVE, Token.LANGUAGE)


class _Next(Enum):
    """What is expected; AFTER is what may follow an object."""

    SUBJECT = auto()
    PREDICATE = auto()
    OBJECT = auto()
    AFTER = auto()
    ITEM = auto()


_IRI = (Token.IRI, "an IRI `<…>`")
_PARTS = {"prefix": ((Token.NAME, "a prefix with its colon"), _IRI), "base": (_IRI,)}
_CLOSING = {"[": "]", "(": ")"}
_RESOURCES = frozenset({Token.IRI, Token.NAME, Token.BLANK})
_VALUES = _RESOURCES | {Token.STRING, Token.NUMBER}
_SUFFIXES = frozenset({Token.LANGUAGE, Token.DATATYPE})


@dataclass(slots=True)
class _Frame:
    """A statement, or what is between brackets.

    `optional` if there need be no predicate, `column` where the items of a list begin on lines of their own.
    """

    opening: Lexeme
    expects: _Next
    optional: bool = False
    column: int | None = None

    @property
    def closing(self) -> str:
        return _CLOSING[self.opening.text]


@dataclass
class _Follower:
    """`lexemes` end with an empty one; `at` is the next.

    `quiet` is the line up to which nothing is said, since it could follow from what was said last. If there
    is no telling how the document goes on, it is `astray`.
    """

    lines: Lines
    lexemes: list[Lexeme]
    mistakes: list[Mistake] = field(default_factory=list)
    declared: dict[str, Declaration] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=list)
    at: int = 0
    mistaken: int | None = None
    quiet: int | None = None
    balanced: bool = True
    astray: bool = False

    def document(self) -> None:
        while self.next.text:
            first = self.at
            self.mistaken, self.balanced, self.astray = None, True, False
            self.understood(self.next)
            if is_directive(self.next) or self.is_bare_declaration():
                self.declare()
                self.directive()
            else:
                self.statement()
            self.statements.append(Statement(self.lexemes[first], self.before.end, self.mistaken))

    def is_bare_declaration(self) -> bool:
        """Whether `ex: <…> .` or `ex: @prefix` comes next."""
        name, value, dot = (*self.lexemes[self.at : self.at + 3], *[self.lexemes[-1]] * 2)[:3]
        if name.kind is not Token.NAME or not name.text.endswith(":"):
            return False
        return value.kind is Token.DIRECTIVE or (value.kind is Token.IRI and dot.text == ".")

    def declare(self) -> None:
        """What a directive tells of, whatever the order of its parts."""
        parts = list(takewhile(_is_part, self.lexemes[self.at : self.at + 4]))
        name = next((each for each in parts if each.kind is Token.NAME), None)
        value = next((each for each in parts if each.kind is Token.IRI), None)
        if name is None and len(parts) > 1 and parts[1].kind is Token.WORD:
            name = parts[1]
        if name:
            declaration = Declaration(name, value.text[1:-1] if value else None)
            self.declared.setdefault(declaration.prefix, declaration)

    def directive(self) -> None:
        """`mend` supplies a dot that is missing. A mistake is taken to end with the line."""
        lexeme = self.next
        self.at += 1
        if lexeme.kind is Token.NAME:
            self.wrong(lexeme, "`@prefix` is missing before this")
        elif lexeme.kind is Token.LANGUAGE:
            self.wrong(lexeme, f"there is no directive {lexeme.text}", "did you mean `@prefix`?")
        for kind, what in _PARTS.get(lexeme.text.lstrip("@").lower(), ()):
            self.at += 1
            if self.before.kind is Token.ERROR:
                self.garbled(self.before)
            elif self.before.kind is not kind:
                self.missing(f"{what} is")
                self.at -= 1
                break
        if self.mistaken is None and self.next.text == ".":
            self.at += 1
        while self.mistaken is not None and self.next.text and not self.leads_line(self.at):
            self.at += 1

    def statement(self) -> None:
        first = self.at
        self.frames = [_Frame(self.next, _Next.SUBJECT)]
        while self.frames and self.next.text:
            if self.at > first and self.begins_statement():
                break
            lexeme = self.next
            self.at += 1
            if self.astray:
                self.search(lexeme)
            else:
                self.follow(lexeme)
        if self.frames:
            self.cut_short()

    # Where a lexeme stands.

    @property
    def next(self) -> Lexeme:
        return self.lexemes[self.at]

    @property
    def before(self) -> Lexeme:
        return self.lexemes[self.at - 1]

    def line(self, lexeme: Lexeme) -> int:
        return self.lines.position(lexeme.start)[0]

    def column(self, lexeme: Lexeme) -> int:
        return self.lines.position(lexeme.start)[1]

    def leads_line(self, index: int) -> bool:
        return index == 0 or self.line(self.lexemes[index]) > self.line(self.lexemes[index - 1])

    def is_outermost(self, index: int) -> bool:
        """Whether a line begins here that is not indented further than the statement."""
        indent = self.column(self.frames[0].opening)
        return self.leads_line(index) and self.column(self.lexemes[index]) <= indent

    def begins_statement(self) -> bool:
        """Whether the next one does, though the one before was not ended: a subject, a property and a value."""
        if not self.is_outermost(self.at):
            return False
        subject, verb, value = (*self.lexemes[self.at : self.at + 3], self.lexemes[-1])[:3]
        if is_directive(subject):
            return True
        if subject.kind not in _RESOURCES or not _is_verb(verb):
            return False
        if self.astray or verb.text == "a":
            return True
        return _begins_value(value) and self.frames[-1].expects is not _Next.ITEM

    # What is said.

    def mistake(
        self,
        start: int,
        end: int,
        message: str,
        help: str | None = None,
        opening: Lexeme | None = None,
    ) -> None:
        """Unless it could follow from another, after which the document was not understood again."""
        if self.mistaken is None:
            self.mistaken = start
        if self.quiet is None and not self.astray:
            self.mistakes.append(Mistake(start, end, message, help, opening))
        self.quiet = max(self.quiet or 0, self.lines.position(start)[0], self.line(self.before))

    def wrong(self, lexeme: Lexeme, message: str, help: str | None = None) -> None:
        self.mistake(lexeme.start, lexeme.end, message, help)

    def missing(self, what: str, opening: Lexeme | None = None) -> None:
        """Before the lexeme that was just taken: shown where the one before that ends."""
        end = self.lexemes[self.at - 2].end
        self.mistake(end, end + 1, f"{what} missing here", opening=opening)

    def unbalanced(self, start: int, end: int, message: str, opening: Lexeme | None = None) -> None:
        """A bracket too many or too few: told once a statement, since others follow from it."""
        if not self.balanced:
            self.astray = True
        self.mistake(start, end, message, opening=opening)
        self.balanced = False

    def understood(self, lexeme: Lexeme) -> None:
        """After a later line than that of the last mistake, or where an item of a list begins on one."""
        if self.quiet is not None and self.line(lexeme) > self.quiet:
            self.quiet = None

    def garbled(self, lexeme: Lexeme) -> None:
        """What is not even a token."""
        if lexeme.text[0] in "\"'":
            line = lexeme.text.splitlines()[0].rstrip()
            goes_on = lexeme.text[:3] not in _LONG and line[-1] not in ";.,])"
            help = _SEVERAL_LINES if goes_on else None
            self.mistake(lexeme.start, lexeme.start + len(line), "this string is not closed", help)
            self.astray = True
        elif lexeme.text.startswith("<") and lexeme.text.endswith(">"):
            bad = next((c for c in lexeme.text[1:-1] if c in _NOT_IN_IRIS or c <= " "), "\\")
            self.wrong(lexeme, f"an IRI cannot have the character {bad!r}")
        elif lexeme.text.startswith("<"):
            self.wrong(lexeme, "this IRI is not closed")
            self.astray = True
        else:
            self.wrong(lexeme, f"`{lexeme.text}` has no meaning here")

    def cut_short(self) -> None:
        """The document or the line ends before the statement does."""
        top, last = self.frames[-1], self.before
        self.at += 1
        if top.expects is _Next.OBJECT:
            self.missing("a value is")
        elif len(self.frames) > 1:
            self.unclosed(self.frames[1:])
        elif top.expects is _Next.PREDICATE and last.text == ";":
            self.wrong(last, "a dot is expected here", "a statement ends with a dot")
        elif top.expects is _Next.PREDICATE:
            self.missing("a property and a value are")
        else:
            self.missing("a dot is")
        self.at -= 1
        self.quiet = None

    def unclosed(self, frames: Sequence[_Frame]) -> None:
        closing = " ".join(frame.closing for frame in reversed(frames[-3:]))
        end = self.lexemes[self.at - 2].end
        self.unbalanced(end, end + 1, f"`{closing}` is missing here", frames[-1].opening)

    # What the grammar says.

    def follow(self, lexeme: Lexeme) -> None:
        frame = self.frames[-1]
        if lexeme.kind is Token.ERROR:
            self.garbled(lexeme)
            if lexeme.text.endswith(">") and not self.astray:
                self.follow(replace(lexeme, kind=Token.IRI))
        elif frame.expects is _Next.SUBJECT:
            self.subject(frame, lexeme)
        elif frame.expects is _Next.PREDICATE:
            self.predicate(frame, lexeme)
        elif frame.expects is _Next.OBJECT:
            self.object(frame, lexeme)
        elif lexeme.kind in _SUFFIXES and self.lexemes[self.at - 2].kind is Token.STRING:
            self.suffix(lexeme)
        elif self.lacks_quote(lexeme):
            self.wrong(self.lexemes[self.at - 2], "a quote is missing in or beside this string")
            self.astray = True
        elif frame.expects is _Next.AFTER:
            self.after(frame, lexeme)
        else:
            self.item(frame, lexeme)

    def lacks_quote(self, lexeme: Lexeme) -> bool:
        """Whether a string is followed at once by what looks like another string's text."""
        last = self.lexemes[self.at - 2]
        touches = last.kind is Token.STRING and last.end == lexeme.start
        return touches and lexeme.kind is not Token.PUNCTUATION

    def suffix(self, lexeme: Lexeme) -> None:
        if lexeme.kind is Token.DATATYPE:
            self.at += 1
            if self.before.kind not in (Token.IRI, Token.NAME):
                self.missing("a datatype is")
                self.at -= 1

    def subject(self, frame: _Frame, lexeme: Lexeme) -> None:
        if lexeme.kind in _RESOURCES or lexeme.text in _CLOSING:
            self.value(frame, lexeme)
        elif lexeme.text == ".":
            self.wrong(lexeme, "there is no statement before this dot")
            self.frames.clear()
        else:
            self.wrong(lexeme, f"{_described(lexeme)} cannot begin a statement")
            self.astray = True

    def predicate(self, frame: _Frame, lexeme: Lexeme) -> None:
        if _is_verb(lexeme):
            frame.expects = _Next.OBJECT
        elif lexeme.text == ";" and frame.optional:
            pass
        elif lexeme.text == ",":
            self.wrong(lexeme, "there is no value before this comma")
        elif lexeme.kind is Token.PUNCTUATION and lexeme.text not in _CLOSING:
            if not frame.optional:
                self.missing("a property and a value are")
            self.punctuation(frame, lexeme)
        elif lexeme.kind is Token.WORD:
            self.wrong(lexeme, f"`{_brief(lexeme.text)}` is no property", _prefixed(lexeme.text))
            frame.expects = _Next.OBJECT
        elif not (len(self.frames) == 1 and self.ended_early()):
            self.wrong(lexeme, "a property is missing before this")
            self.balanced = False
            self.object(frame, lexeme)

    def ended_early(self) -> bool:
        """Whether a dot ended the statement before, which goes on: tells that, and gives this one up."""
        if not self.statements:
            return False
        previous = self.statements[-1]
        indent = self.column(self.frames[0].opening)
        if is_directive(previous.first) or indent <= self.column(previous.first):
            return False
        dot = previous.end - 1
        self.statements[-1] = replace(previous, mistaken=dot)
        self.mistake(
            dot,
            previous.end,
            "this dot ends the statement, but what follows has no subject",
            "a semicolon goes on with the same subject",
        )
        self.astray = True
        return True

    def object(self, frame: _Frame, lexeme: Lexeme) -> None:
        if lexeme.kind in _VALUES or lexeme.text in _CLOSING:
            self.value(frame, lexeme)
        elif lexeme.text == "a":
            self.missing("a value is")
        elif lexeme.kind is Token.WORD:
            self.word(lexeme)
            frame.expects = _Next.AFTER
        else:
            self.missing("a value is")
            self.balanced = False
            frame.expects = _Next.AFTER
            self.punctuation(frame, lexeme)

    def word(self, lexeme: Lexeme) -> None:
        if lexeme.text not in ("true", "false"):
            folded = lexeme.text.lower()
            meant = folded if folded in ("true", "false") else f'"{_brief(lexeme.text)}"'
            self.wrong(lexeme, f"`{_brief(lexeme.text)}` is no value", f"did you mean `{meant}`?")

    def value(self, frame: _Frame, lexeme: Lexeme) -> None:
        """A subject, an object or an item."""
        if frame.expects is _Next.SUBJECT:
            frame.expects, frame.optional = _Next.PREDICATE, lexeme.text == "["
        elif frame.expects is _Next.ITEM:
            self.understood(lexeme)
            if self.leads_line(self.at - 1):
                frame.column = self.column(lexeme)
        else:
            frame.expects = _Next.AFTER
        if lexeme.text == "[":
            self.frames.append(_Frame(lexeme, _Next.PREDICATE, optional=True))
        elif lexeme.text == "(":
            self.frames.append(_Frame(lexeme, _Next.ITEM))

    def after(self, frame: _Frame, lexeme: Lexeme) -> None:
        in_list = len(self.frames) > 2 and self.frames[-2].expects is _Next.ITEM
        if lexeme.kind is Token.PUNCTUATION and lexeme.text not in _CLOSING:
            self.punctuation(frame, lexeme)
        elif lexeme.text == "[" and in_list:
            self.unclosed(self.frames[-1:])
            self.frames.pop()
            self.follow(lexeme)
        elif _is_verb(lexeme) and _begins_value(self.next):
            self.missing("a semicolon is")
            frame.expects = _Next.OBJECT
        else:
            self.missing("a dot, a semicolon or a comma is")
            self.balanced = False
            self.object(frame, lexeme)

    def item(self, frame: _Frame, lexeme: Lexeme) -> None:
        if lexeme.kind in _VALUES or lexeme.text in _CLOSING:
            self.value(frame, lexeme)
        elif lexeme.kind is Token.WORD:
            self.word(lexeme)
        elif lexeme.text in (")", "]", "."):
            self.punctuation(frame, lexeme)
        else:
            self.wrong(
                lexeme,
                f"{_described(lexeme)} cannot stand in a list",
                "a list is `( … )`, and what is said of one thing stands in `[ … ]`",
            )
            self.astray = True

    def punctuation(self, frame: _Frame, lexeme: Lexeme) -> None:
        if self.leads_line(self.at):
            self.understood(lexeme)
        if lexeme.text == ";":
            frame.expects, frame.optional = _Next.PREDICATE, True
        elif lexeme.text == ",":
            frame.expects = _Next.OBJECT
        elif lexeme.text == ".":
            self.end(lexeme)
        else:
            self.close(lexeme)

    def end(self, lexeme: Lexeme) -> None:
        if len(self.frames) == 1:
            self.frames.clear()
        elif not self.next.text or self.is_outermost(self.at):
            self.unclosed(self.frames[1:])
            self.frames.clear()
        else:
            self.wrong(lexeme, "a dot cannot stand between brackets")
            if self.frames[-1].expects is not _Next.ITEM:
                self.frames[-1].expects, self.frames[-1].optional = _Next.PREDICATE, True

    def close(self, lexeme: Lexeme) -> None:
        closings = [frame.closing for frame in self.frames[1:]]
        if lexeme.text not in closings:
            self.stray(lexeme)
            return
        last = len(closings) - closings[::-1].index(lexeme.text)
        if last < len(closings):
            self.unclosed(self.frames[last + 1 :])
        del self.frames[last:]

    def stray(self, lexeme: Lexeme) -> None:
        """A closing bracket that nothing opened: the wrong one, or one too many."""
        top = self.frames[-1]
        if len(self.frames) > 1 and self.next.text != top.closing:
            message = f"`{top.closing}` is expected here"
            self.unbalanced(lexeme.start, lexeme.end, message, top.opening)
            self.frames.pop()
        else:
            message = f"there is nothing that this `{lexeme.text}` closes"
            self.unbalanced(lexeme.start, lexeme.end, message)

    def search(self, lexeme: Lexeme) -> None:
        """Where the document goes on: after the statement, or with an item of a list as indented as those before."""
        if lexeme.text == "." and (not self.next.text or self.is_outermost(self.at)):
            self.frames.clear()
        elif lexeme.text == "[" and self.leads_line(self.at - 1):
            column = self.column(lexeme)
            for index in reversed(range(len(self.frames))):
                if self.frames[index].column == column:
                    del self.frames[index + 1 :]
                    self.balanced, self.astray = True, False
                    self.follow(lexeme)
                    return


_LONG = ('"""', "'''")
_SEVERAL_LINES = "a string of several lines stands between three quotes"
_NOT_IN_IRIS = '"{}|^`<'


def _is_part(lexeme: Lexeme) -> bool:
    return lexeme.kind is not Token.PUNCTUATION


def _is_verb(lexeme: Lexeme) -> bool:
    return lexeme.kind in (Token.IRI, Token.NAME) or lexeme.text == "a"


def _begins_value(lexeme: Lexeme) -> bool:
    return lexeme.kind in _VALUES or lexeme.kind is Token.WORD or lexeme.text in _CLOSING


def _described(lexeme: Lexeme) -> str:
    return _KINDS.get(lexeme.kind, f"`{_brief(lexeme.text)}`")


def _brief(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


_KINDS = {Token.STRING: "a string", Token.NUMBER: "a number"}


def _prefixed(word: str) -> str:
    return f"a property is written with its prefix, such as `orm:{_brief(word)}`"
