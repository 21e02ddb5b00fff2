"""What reading any part of an ontology has in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from terapin.diagnostics import Diagnostic
from terapin.diagnostics.rules import missing_iri, missing_value
from terapin.model import Place
from terapin.vocabulary.terms import said_of

from .graph import Graph
from .ontology import Ontology
from .subject import Subject
from .terms import TYPE, iri, is_iri, term


def terms_of(namespace: str) -> Callable[[str], str]:
    return lambda name: term(namespace + name)


@cache
def _expected(kind: str) -> frozenset[str]:
    return frozenset(map(term, said_of(kind)))


class Reader:
    """`problems` is what is wrong with what was read, `read` the nodes that were, also those with problems."""

    def __init__(self, ontology: Ontology) -> None:
        self.ontology = ontology
        self.graph: Graph = ontology.graph
        self.problems: list[Diagnostic] = []
        self.read: set[str] = set()

    def subject(self, node: str, kind: str) -> Subject:
        """`kind` is what the vocabulary calls such a node: its terms are expected."""
        subject = Subject(self.graph, node, self.ontology.shorten, self.problems)
        subject.expect(_expected(kind))
        self.read.add(node)
        return subject

    def instances(self, kind: str, what: str) -> list[str]:
        nodes = sorted(self.graph.instances(kind), key=iri)
        for node in nodes:
            if not is_iri(node):
                self.read.add(node)
                self.problems.append(missing_iri.diagnostic(Place(node, TYPE, kind), what))
        return [node for node in nodes if is_iri(node)]

    def missing(self, subject: Subject, predicate: str, what: str) -> None:
        if not subject.doubtful:
            place = subject.place()
            subject.report(missing_value.diagnostic(place, self.ontology.shorten(predicate), what))
