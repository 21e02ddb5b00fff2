"""SPARQL over an ontology, for templates: SELECT, and nothing that leaves the process."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pyoxigraph

from terapin.diagnostics import Diagnostic
from terapin.diagnostics.rules import query_error
from terapin.vocabulary.namespaces import KNOWN

from .sources import BASE_IRI, Document

# Strings, IRIs and comments, in which a word is no keyword.
_SKIPPED = re.compile(
    r"#[^\n]*|<[^<>\"{}|^`\s]*>|\"\"\".*?\"\"\"|'''.*?'''|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'",
    re.DOTALL,
)
_REFUSED = re.compile(r"(?<![\w:?$.-])(SERVICE|LOAD)(?![\w:-])", re.IGNORECASE)

_POSITION = re.compile(r"error at (\d+):(\d+): expected (.*)", re.DOTALL)
_NOT_UNDERSTOOD = "the query is not understood"


class QueryError(ValueError):
    """A query that is refused or not understood; `diagnostic` says why."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def select(
    store: pyoxigraph.Store, prefixes: Mapping[str, str], sparql: str
) -> list[dict[str, str]]:
    refused = _REFUSED.search(_SKIPPED.sub(" ", sparql))
    if refused:
        raise QueryError(
            query_error.RULE.at(
                None, f"a query cannot have {refused[1].upper()}: nothing is fetched"
            )
        )
    try:
        solutions = store.query(sparql, base_iri=BASE_IRI, prefixes={**KNOWN, **prefixes})
    except (SyntaxError, ValueError, RuntimeError, OSError) as error:
        raise QueryError(query_error.RULE.at(None, _problem(str(error), sparql))) from error
    if not isinstance(solutions, pyoxigraph.QuerySolutions):
        raise QueryError(query_error.RULE.at(None, "a query is a SELECT"))
    names = [variable.value for variable in solutions.variables]
    return [
        {name: _value(row[name]) for name in names if row[name] is not None} for row in solutions
    ]


def _problem(message: str, sparql: str) -> str:
    """Of the parser's message only what tells something: its place is mostly the end of the query."""
    position = _POSITION.match(message)
    if position is None:
        return f"{_NOT_UNDERSTOOD}: {message.rstrip('.')}"
    line, column, expected = int(position[1]), int(position[2]), position[3]
    if "Prefix not found" in expected:
        before = sparql.splitlines()[line - 1][: column - 1]
        prefixes = re.findall(r"([\w.-]*:)[\w.-]*$", before)
        return f"the prefix {', '.join(prefixes)} of the query is not declared"
    sentences = re.findall(r"[A-Z]\w+(?: \w+)+", expected)
    if sentences:
        return f"{_NOT_UNDERSTOOD}: {_lowered(sentences[0])}"
    return _NOT_UNDERSTOOD if "[_]" in expected else f"{_NOT_UNDERSTOOD}: expected {expected}"


def _lowered(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def store(documents: Iterable[Document]) -> pyoxigraph.Store:
    made = pyoxigraph.Store()
    for document in documents:
        made.bulk_extend(document.parser())
    return made


def _value(term: object) -> str:
    return term.value if hasattr(term, "value") else str(term)
