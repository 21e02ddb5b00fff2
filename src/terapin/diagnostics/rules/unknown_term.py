from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.diagnostics.similar import did_you_mean
from terapin.model import Place
from terapin.ontology.facts import Facts
from terapin.ontology.terms import TYPE, iri, is_iri
from terapin.vocabulary import vocabulary
from terapin.vocabulary.namespaces import NAMESPACE, OURS

RULE = Rule(
    code="unknown-term",
    local=True,
    summary="a term is not one of the vocabulary",
    explanation="""\
What begins with one of the namespaces of the vocabulary (`orm:`, `rel:`, `api:`, …) is a term of it, unless
the ontology itself declares it (`orm:UserModel a orm:Entity`). A term that does not exist is most often
misspelt. `terapin explain TERM` shows what there is.""",
    example="""\
ex:Book a orm:Entity ;
  orm:tablename "books" ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
    mended="""\
ex:Book a orm:Entity ;
  orm:tableName "books" ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
)


_NAMESPACES = tuple(OURS.values())


def check(facts: Facts) -> Iterator[Diagnostic]:
    graph = facts.ontology.graph
    for predicate, subjects in graph.by_predicate.items():
        if _is_unknown(facts, predicate):
            places = [Place(subject, predicate) for subject in subjects]
            yield _diagnostic(facts, predicate, places, is_class=False)
    for kind in graph.classes:
        if _is_unknown(facts, kind):
            places = [Place(subject, TYPE, kind) for subject in graph.instances(kind)]
            yield _diagnostic(facts, kind, places, is_class=True)


def _is_unknown(facts: Facts, term: str) -> bool:
    if not term.startswith(f"<{NAMESPACE}") or not is_iri(term):
        return False
    known = iri(term) in vocabulary().terms or term in facts.ontology.graph.nodes
    return iri(term).startswith(_NAMESPACES) and not known


def _diagnostic(facts: Facts, term: str, places: list[Place], *, is_class: bool) -> Diagnostic:
    """At its first use: who mends one mends them all."""
    name = facts.ontology.shorten(term)
    alike = [each for each in vocabulary().terms.values() if each.is_class == is_class]
    same_prefix = [each.name for each in alike if each.prefix == name.partition(":")[0]]
    meant = did_you_mean(name, same_prefix) or did_you_mean(name, [each.name for each in alike])
    more = len(places) - 1
    notes = (f"it is used {more} more time{'s' * (more > 1)}",) if more else ()
    what = "class" if is_class else "term"
    return RULE.at(places[0], f"there is no {what} {name}", help=meant, notes=notes)
