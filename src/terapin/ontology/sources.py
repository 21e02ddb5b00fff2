"""The documents of an ontology, read from disk and parsed. Nothing is ever fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph

from terapin.diagnostics import Diagnostic, Span
from terapin.diagnostics.rules import missing_dot, syntax_error, undeclared_prefix, unreadable_file

from .graph import Triple
from .mend import Mended, mend
from .tokens import Lines

BASE_IRI = "http://ontology.invalid/"
_POSITION = re.compile(r"Parser error .*?column(?:s \d+ and)? \d+: ")


@dataclass(frozen=True)
class Source:
    """A document as it was found: `name` is how diagnostics call it."""

    name: str
    text: str


@dataclass(frozen=True)
class Document:
    """A source that was read: `turtle` is its text as the parser takes it, line for line and column for column."""

    source: Source
    turtle: str
    injected: Mapping[str, str] = field(default_factory=dict)

    def parser(self) -> pyoxigraph.QuadParser:
        header = " ".join(f"PREFIX {prefix}: <{iri}>" for prefix, iri in self.injected.items())
        return pyoxigraph.parse(
            f"{header}\n{self.turtle}".encode(),
            format=pyoxigraph.RdfFormat.TURTLE,
            base_iri=BASE_IRI,
        )


def numbered(parser: pyoxigraph.QuadParser, document: int) -> Iterator[Triple]:
    """Triples in the order of the document. Blank nodes are numbered in that order, so that a second reading finds them again."""
    labels: dict[str, str] = {}
    for quad in parser:
        subject, predicate, value = str(quad.subject), str(quad.predicate), str(quad.object)
        if subject[0] == "_":
            subject = labels.setdefault(subject, f"_:d{document}b{len(labels)}")
        if value[0] == "_":
            value = labels.setdefault(value, f"_:d{document}b{len(labels)}")
        yield subject, predicate, value


@dataclass(frozen=True)
class Parsed:
    """`document` is None if it could not be read to its end."""

    document: Document | None
    triples: Sequence[Triple]
    prefixes: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...] = ()


def read(path: Path) -> Source | Diagnostic:
    name = path.as_posix()
    try:
        data = path.read_bytes()
    except OSError as error:
        return unreadable_file.RULE.at(
            None, f"cannot read {name}: {(error.strerror or 'error').lower()}"
        )
    try:
        return Source(name, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return unreadable_file.RULE.at(
            None,
            f"{name} is not UTF-8: line {line} has the byte 0x{data[error.start]:02x}",
            help="save the file as UTF-8",
        )


def parse(source: Source, number: int) -> Parsed:
    """Parses a document, after mending it if it cannot be parsed as it is."""
    parsed = _attempt(Document(source, source.text), number)
    if parsed.document:
        return parsed
    mended = mend(source.text)
    injected = {each.prefix: each.namespace for each in mended.undeclared}
    again = _attempt(Document(source, mended.turtle, injected), number)
    return Parsed(
        again.document,
        again.triples,
        again.prefixes,
        (*_mendings(source, mended), *again.diagnostics),
    )


def _attempt(document: Document, number: int) -> Parsed:
    parser = document.parser()
    try:
        triples = list(numbered(parser, number))
    except SyntaxError:
        return Parsed(None, (), {}, tuple(_syntax_errors(document)))
    return Parsed(document, triples, parser.prefixes)


def _syntax_errors(document: Document) -> Iterator[Diagnostic]:
    """All of them: the parser goes on after the next dot. Of several on one line, the others follow from the first."""
    reported = 0
    for error in _errors(document.parser()):
        line, column = (error.lineno or 2) - 1, error.offset or 1
        if line > reported:
            span = _span(document.source, error, line, column)
            yield syntax_error.RULE.at(span, _message(error, document.source))
            reported = max(line, (error.end_lineno or 2) - 1)


def _errors(parser: pyoxigraph.QuadParser) -> Iterator[SyntaxError]:
    while True:
        try:
            next(parser)
        except StopIteration:
            return
        except SyntaxError as error:
            yield error


def _span(source: Source, error: SyntaxError, line: int, column: int) -> Span:
    end_line, end_column = (error.end_lineno or 2) - 1, error.end_offset or column
    if (end_line, end_column) <= (line, column):
        end_line, end_column = line, column + 1
    return Span(source.name, line, column, end_line, end_column)


def _message(error: SyntaxError, source: Source) -> str:
    text = _POSITION.sub("", str(error.msg)).strip().rstrip(".")
    if text == "Unexpected end of file" and _opens_string(error, source):
        return "this string is not closed"
    if text == "A dot is expected at the end of statements":
        return "a dot, a semicolon or a comma is missing before this"
    return text[:1].lower() + text[1:]


def _opens_string(error: SyntaxError, source: Source) -> bool:
    line = Lines(source.text).line((error.lineno or 2) - 1)
    return line[(error.offset or 1) - 1 :].startswith(("'", '"'))


def _mendings(source: Source, mended: Mended) -> Iterator[Diagnostic]:
    lines = Lines(source.text)
    for closing in mended.dotless:
        yield missing_dot.RULE.at(
            _between(source, lines, closing.end, closing.end + 1),
            "a dot is missing after this declaration",
            help="end the line with ` .`",
        )
    for each in mended.undeclared:
        span = _between(source, lines, each.name.start, each.name.start + len(each.prefix) + 1)
        yield undeclared_prefix.diagnostic(each.prefix, span, each.more)


def _between(source: Source, lines: Lines, start: int, end: int) -> Span:
    line, column = lines.position(start)
    return Span(source.name, line, column, line, column + end - start)
