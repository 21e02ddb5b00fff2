"""The documents of an ontology, read from disk. Nothing is ever fetched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph

from terapin.diagnostics import Diagnostic
from terapin.diagnostics.rules import too_large, unreadable_file

from . import limits
from .graph import Triple

BASE_IRI = "http://ontology.invalid/"


@dataclass(frozen=True)
class Source:
    """A document as it was found: `name` is how diagnostics call it, `data` its bytes, if it was a file."""

    name: str
    text: str
    data: bytes = field(default=b"", repr=False)


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


def read(path: Path) -> Source | Diagnostic:
    name = path.as_posix()
    try:
        with path.open("rb") as file:
            data = file.read(limits.BYTES + 1)
    except OSError as error:
        reason = (error.strerror or "error").lower()
        return unreadable_file.RULE.at(None, f"cannot read {name}: {reason}")
    if len(data) > limits.BYTES:
        return too_large.RULE.at(None, f"{name} has more than {limits.BYTES:,} bytes")
    try:
        return Source(name, data.decode("utf-8-sig"), data)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return unreadable_file.RULE.at(
            None,
            f"{name} is not UTF-8: line {line} has the byte 0x{data[error.start]:02x}",
            help="save the file as UTF-8",
        )
