"""An ontology: the graph of one or several documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph

from terapin.diagnostics import Diagnostic, Span, Where
from terapin.vocabulary.namespaces import KNOWN

from .graph import Graph, Triple
from .parsing import parse
from .positions import Positions
from .queries import select, store
from .sources import Document, Source, read
from .terms import iri, is_iri


@dataclass(frozen=True)
class Ontology:
    """`lost` are the subjects of which a statement could not be read, as terms; a blank node's is `_:`."""

    documents: tuple[Document, ...]
    graph: Graph
    prefixes: Mapping[str, str]
    is_whole: bool = True
    lost: frozenset[str] = frozenset()

    @cached_property
    def positions(self) -> Positions:
        return Positions(self.documents)

    def locate(self, where: Where) -> Span | None:
        return where if isinstance(where, Span) else self.positions.find(where)

    def query(self, sparql: str) -> list[dict[str, str]]:
        """The rows of a SELECT: IRIs and the values of literals, by variable. See `queries`."""
        return select(self._store, self.prefixes, sparql)

    @cached_property
    def _store(self) -> pyoxigraph.Store:
        return store(self.documents)

    def shorten(self, term: str) -> str:
        """A term as the documents would write it."""
        if not is_iri(term):
            return term
        full = iri(term)
        for prefix, namespace in self._namespaces:
            if full.startswith(namespace) and len(full) > len(namespace):
                return f"{prefix}:{full[len(namespace) :]}"
        return term

    @cached_property
    def _namespaces(self) -> list[tuple[str, str]]:
        """The longest first."""
        known = {**KNOWN, **self.prefixes}
        return sorted(known.items(), key=lambda item: (-len(item[1]), item[0]))


@dataclass(frozen=True)
class Loaded:
    """`ontology` is None if a document could not be read or parsed."""

    sources: tuple[Source, ...]
    ontology: Ontology | None
    diagnostics: tuple[Diagnostic, ...]


def load(paths: Iterable[Path], *, lenient: bool = False) -> Loaded:
    """A file that is given twice is read once."""
    found = [read(path) for path in {path.resolve(): path for path in paths}.values()]
    sources = [each for each in found if isinstance(each, Source)]
    unreadable = tuple(each for each in found if isinstance(each, Diagnostic))
    loaded = load_sources(sources, lenient=lenient)
    return Loaded(
        loaded.sources, None if unreadable else loaded.ontology, (*unreadable, *loaded.diagnostics)
    )


def load_sources(sources: Sequence[Source], *, lenient: bool = False) -> Loaded:
    parsed = [parse(source, number, lenient=lenient) for number, source in enumerate(sources)]
    diagnostics = tuple(each for one in parsed for each in one.diagnostics)
    documents = tuple(one.document for one in parsed if one.document)
    if len(documents) < len(parsed):
        return Loaded(tuple(sources), None, diagnostics)
    triples: Iterable[Triple] = (triple for one in parsed for triple in one.triples)
    ontology = Ontology(
        documents,
        Graph.of(triples),
        prefixes={prefix: iri for one in parsed for prefix, iri in one.prefixes.items()},
        is_whole=all(one.is_whole for one in parsed),
        lost=frozenset().union(*(one.lost for one in parsed)),
    )
    return Loaded(tuple(sources), ontology, diagnostics)
