from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.model import Place
from terapin.ontology.facts import Facts
from terapin.ontology.terms import TYPE, iri, term
from terapin.vocabulary import Term, vocabulary
from terapin.vocabulary.namespaces import OWL, RDFS, SH

RULE = Rule(
    code="not-yet",
    summary="a term is understood in a later version of terapin",
    explanation="""\
The term belongs to the vocabulary, but what it asks for cannot be generated yet. It is refused rather than
ignored: a service without the permissions that its ontology states would not be the
service that is described. The same goes for classes of RDFS, OWL and SHACL.""",
    example="""\
ex:Book a orm:Entity ;
  orm:abstract true ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
    mended="""\
ex:Book a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
)


_ELSEWHERE = {
    term(RDFS + "Class"): "RDFS",
    term(OWL + "Class"): "OWL",
    term(SH + "NodeShape"): "SHACL",
}


def check(facts: Facts) -> Iterator[Diagnostic]:
    planned = {each.iri: each for each in vocabulary().terms.values() if not each.built}
    graph = facts.ontology.graph
    refused: set[str] = set()
    for kind in graph.classes:
        if iri(kind) in planned:
            refused.add(iri(kind))
            places = [Place(subject, TYPE, kind) for subject in graph.instances(kind)]
            yield _diagnostic(planned[iri(kind)], places)
    for predicate, subjects in graph.by_predicate.items():
        found = planned.get(iri(predicate))
        if found and not _follows(found, refused):
            yield _diagnostic(found, [Place(subject, predicate) for subject in subjects])
    statements = facts.statements
    has_some = statements.entities or statements.endpoints or statements.sources
    if not (has_some or statements.tasks or statements.channels):
        yield from _other_vocabularies(facts)


def _follows(found: Term, refused: set[str]) -> bool:
    """Whether the term is said of something that was refused already, or of a part of it."""
    of_part = not any(domain in vocabulary().terms for domain in found.domain)
    same = any(kind.startswith(found.iri.partition("#")[0]) for kind in refused)
    return (of_part and same) or any(domain in refused for domain in found.domain)


def _diagnostic(found: Term, places: list[Place]) -> Diagnostic:
    more = len(places) - 1
    notes = (f"it is used {more} more time{'s' * (more > 1)}",) if more else ()
    return RULE.at(places[0], f"{found.name} is not understood yet", notes=notes)


def _other_vocabularies(facts: Facts) -> Iterator[Diagnostic]:
    for kind, name in _ELSEWHERE.items():
        nodes = facts.ontology.graph.instances(kind)
        if nodes:
            yield RULE.at(
                Place(nodes[0], TYPE, kind),
                f"{name} is not understood yet",
                help="declare entities with `a orm:Entity`",
            )
