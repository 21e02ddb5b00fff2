from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.model import Place
from terapin.ontology.facts import Facts
from terapin.ontology.terms import TYPE, iri, is_blank
from terapin.vocabulary import Term, vocabulary
from terapin.vocabulary.namespaces import NAMESPACE

RULE = Rule(
    code="untyped-node",
    summary="something is described that is nothing",
    explanation="""\
Terms of the vocabulary are read where they belong: on something that is an `orm:Entity`, a relationship, a service,
an endpoint, a task, a data source or what configures one, on a field in the list of an entity or on a parameter in that
of an endpoint or a task. What is described without being any of these would be ignored, so it is refused.""",
    example="""\
ex:Book a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:Author orm:tableName "authors" .
""",
    mended="""\
ex:Book a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:Author a orm:Entity ;
  orm:tableName "authors" ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    graph, terms = facts.ontology.graph, vocabulary().terms
    found: dict[str, tuple[Place, Term]] = {}
    for predicate, subjects in graph.by_predicate.items():
        stated = terms.get(iri(predicate))
        if stated is None or not stated.built:
            continue
        for subject in subjects:
            if subject not in facts.statements.read and not _is_ours(facts, subject):
                found.setdefault(subject, (Place(subject, predicate), stated))
    held = _held(facts) if any(is_blank(subject) for subject in found) else set()
    for subject, (place, term) in found.items():
        if subject not in held:
            yield _diagnostic(facts, place, term)


def _is_ours(facts: Facts, subject: str) -> bool:
    """A class of the vocabulary, or one that is none: other rules speak of that."""
    kinds = facts.ontology.graph.values(subject, TYPE)
    return any(kind.startswith(f"<{NAMESPACE}") for kind in kinds)


def _held(facts: Facts) -> set[str]:
    """Blank nodes that are part of something: they were not read because that was reported."""
    nodes = facts.ontology.graph.nodes.values()
    return {
        value
        for properties in nodes
        for values in properties.values()
        for value in values
        if is_blank(value)
    }


def _diagnostic(facts: Facts, place: Place, found: Term) -> Diagnostic:
    shown = facts.ontology.shorten(place.subject)
    name = "this node" if shown.startswith("_:") else shown
    return RULE.at(
        place,
        f"{found.name} is said of {name}, which is not declared as anything",
        help=f"it is said of: {found.of}",
    )
