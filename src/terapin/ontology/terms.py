"""RDF terms in their N-Triples spelling, which is how the graph keeps them: one string a term.

Strings are three times as fast to index as term objects, and a `Place` is made of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from terapin.vocabulary.namespaces import RDF, XSD

TYPE = f"<{RDF}type>"
FIRST = f"<{RDF}first>"
REST = f"<{RDF}rest>"
NIL = f"<{RDF}nil>"

_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?\Z', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


@dataclass(frozen=True, slots=True)
class Literal:
    value: str
    datatype: str
    language: str | None = None


def is_iri(term: str) -> bool:
    return term.startswith("<") and not term.startswith("<<")


def is_blank(term: str) -> bool:
    return term.startswith("_")


def is_literal(term: str) -> bool:
    return term.startswith('"')


def iri(term: str) -> str:
    """The IRI that a term spells."""
    return term[1:-1]


def term(iri: str) -> str:
    return f"<{iri}>"


@lru_cache(maxsize=65536)
def literal(term: str) -> Literal:
    match = _LITERAL.match(term)
    if match is None:
        raise ValueError(f"not a literal: {term}")
    text, language, datatype = match.groups()
    value = _ESCAPE.sub(_unescaped, text) if "\\" in text else text
    if language:
        return Literal(value, RDF + "langString", language)
    return Literal(value, datatype or XSD + "string")


def _unescaped(match: re.Match[str]) -> str:
    short, long, single = match.groups()
    if single:
        return _ESCAPED.get(single, single)
    return chr(int(short or long, 16))
