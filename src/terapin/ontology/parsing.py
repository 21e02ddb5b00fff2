"""From a document to its triples, and everything that keeps it from being Turtle."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice

import pyoxigraph

from terapin.diagnostics import Diagnostic, Label, Severity, Span
from terapin.diagnostics.rules import missing_dot, syntax_error, too_large, undeclared_prefix
from terapin.vocabulary.namespaces import KNOWN

from . import limits
from .graph import Triple
from .mend import Mended, mend
from .sources import BASE_IRI, Document, Source, numbered
from .syntax import Statement
from .terms import is_literal
from .tokens import Lexeme, Lines, Token, brackets, tokens

_POSITION = re.compile(r"Parser error .*?column(?:s \d+ and)? \d+: ")
# Mistakes of a document that only the parser knows.
_ROUNDS = 20


@dataclass(frozen=True)
class Parsed:
    """`document` is None if it could not be read.

    It `is_whole` if no statement was lost; `lost` are the subjects of those that were, as terms; a blank
    node's is `_:`.
    """

    document: Document | None
    triples: Sequence[Triple] = ()
    prefixes: Mapping[str, str] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    is_whole: bool = True
    lost: frozenset[str] = frozenset()


def parse(source: Source, number: int, *, lenient: bool = False) -> Parsed:
    """Parses a document; one that is not Turtle without the statements that have mistakes.

    `lenient` takes known prefixes that are not declared.
    """
    deep = _too_deep(source)
    if deep:
        return Parsed(None, diagnostics=(deep,))
    try:
        return _parsed(Document(source, source.text), number)
    except SyntaxError as error:
        lexemes = list(islice(tokens(source.text), limits.TOKENS + 1))
        if len(lexemes) > limits.TOKENS:
            return Parsed(None, diagnostics=(_told(error, source),))
    return _mended(source, number, mend(source.text, lexemes), lenient=lenient)


def _parsed(document: Document, number: int) -> Parsed:
    parser = document.parser()
    try:
        triples = list(islice(numbered(parser, number), limits.TRIPLES + 1))
    except MemoryError:  # the parser's own limit of a token, which is higher than ours
        return Parsed(None, diagnostics=(_long_string(document.source),))
    if len(triples) > limits.TRIPLES:
        message = f"{document.source.name} has more than {limits.TRIPLES:,} triples"
        return Parsed(None, diagnostics=(too_large.RULE.at(None, message),))
    if any(len(value) > limits.LITERAL and is_literal(value) for _, _, value in triples):
        return Parsed(None, diagnostics=(_long_string(document.source),))
    return Parsed(document, triples, parser.prefixes)


def _long_string(source: Source) -> Diagnostic:
    found = (each for each in tokens(source.text) if len(each.text) > limits.LITERAL)
    longest = next(found, None)
    where = _Spans(source).of(longest) if longest else None
    return too_large.RULE.at(where, f"a string has more than {limits.LITERAL:,} characters")


def _mended(source: Source, number: int, mended: Mended, *, lenient: bool) -> Parsed:
    """What tokens do not show, such as an escape that does not exist, the parser tells: one at a time."""
    spans = _Spans(source)
    found = [*_mistakes(spans, mended), *_mendings(spans, mended, lenient=lenient)]
    for _ in range(_ROUNDS):
        try:
            parsed = _parsed(Document(source, mended.turtle, mended.injected), number)
        except SyntaxError as error:
            found.append(_told(error, source))
            rest = mended.without(spans.lines.offset(*_position(error)))
            if rest is None:
                break
            mended = rest
        else:
            lost = _subjects(mended.lost, parsed.prefixes)
            return replace(
                parsed,
                diagnostics=(*found, *parsed.diagnostics),
                is_whole=not mended.lost,
                lost=lost,
            )
    return Parsed(None, diagnostics=tuple(found))


def _too_deep(source: Source) -> Diagnostic | None:
    depth = 0
    for bracket in brackets(source.text):
        depth = depth + 1 if bracket.text in "[(" else max(0, depth - 1)
        if depth > limits.NESTING:
            message = f"more than {limits.NESTING} brackets stand within each other"
            return too_large.RULE.at(_Spans(source).of(bracket), message)
    return None


def _subjects(lost: Iterable[Statement], prefixes: Mapping[str, str]) -> frozenset[str]:
    header = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in prefixes.items())
    found: set[str] = set()
    for first in (statement.first for statement in lost):
        if first.kind is Token.BLANK:
            found.add("_:")
        elif first.kind in (Token.IRI, Token.NAME):
            found.update(_subject(f"{header}{first.text} a <urn:lost> ."))
    return frozenset(found)


def _subject(turtle: str) -> list[str]:
    with suppress(SyntaxError):
        quads = pyoxigraph.parse(turtle, format=pyoxigraph.RdfFormat.TURTLE, base_iri=BASE_IRI)
        return [str(quad.subject) for quad in quads]
    return []


def _told(error: SyntaxError, source: Source) -> Diagnostic:
    line, column = _position(error)
    end = ((error.end_lineno or 2) - 1, error.end_offset or column)
    if end <= (line, column):
        end = (line, column + 1)
    text = _POSITION.sub("", str(error.msg)).strip().rstrip(".")
    return syntax_error.RULE.at(Span(source.name, line, column, *end), text[:1].lower() + text[1:])


def _position(error: SyntaxError) -> tuple[int, int]:
    """In the document: the parser's has a line more, for the prefixes that are injected."""
    return max(1, (error.lineno or 2) - 1), error.offset or 1


@dataclass(frozen=True)
class _Spans:
    source: Source

    @cached_property
    def lines(self) -> Lines:
        return Lines(self.source.text)

    def of(self, lexeme: Lexeme) -> Span:
        return self.between(lexeme.start, lexeme.end)

    def between(self, start: int, end: int) -> Span:
        """One that begins on a line ends on it if it is only what follows the line's last character."""
        line, column = self.lines.position(start)
        if end == start + 1:
            return Span(self.source.name, line, column, line, column + 1)
        return Span(self.source.name, line, column, *self.lines.position(end))


def _mistakes(spans: _Spans, mended: Mended) -> Iterator[Diagnostic]:
    for each in mended.mistakes[: limits.MISTAKES]:
        labels = (Label(spans.of(each.opening), "opened here"),) if each.opening else ()
        where = spans.between(each.start, each.end)
        yield syntax_error.RULE.at(where, each.message, help=each.help, labels=labels)


def _mendings(spans: _Spans, mended: Mended, *, lenient: bool) -> Iterator[Diagnostic]:
    for closing in mended.dotless:
        yield missing_dot.RULE.at(
            spans.between(closing.end, closing.end + 1),
            "a dot is missing after this declaration",
            help="end the line with ` .`",
        )
    for each in mended.undeclared:
        start = each.name.start
        told = undeclared_prefix.diagnostic(
            each.prefix,
            spans.between(start, start + len(each.prefix) + 1),
            each.more,
            later=spans.of(each.later) if each.later else None,
            meant=each.meant,
        )
        accepted = lenient and each.prefix in KNOWN
        yield replace(told, severity=Severity.WARNING) if accepted else told
