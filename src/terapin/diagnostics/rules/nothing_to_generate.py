from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts
from terapin.ontology.terms import term
from terapin.vocabulary.namespaces import NAMESPACE, OWL, RDFS, SH

RULE = Rule(
    code="nothing-to-generate",
    summary="the ontology declares no entity and no endpoint",
    explanation="""\
A service consists of entities (`orm:Entity`) and of endpoints that the ontology declares (`api:Endpoint`).
This ontology has neither: it is empty, or another file was meant.""",
    example="""\
ex:Shop a api:Service ; api:name "Shop" .
""",
    mended="""\
ex:Shop a api:Service ; api:name "Shop" .

ex:Book a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
)


_SPOKEN_OF = frozenset({term(RDFS + "Class"), term(OWL + "Class"), term(SH + "NodeShape")})


def check(facts: Facts) -> Iterator[Diagnostic]:
    """Silent where something else explains it: a misspelt class, one that is not understood yet."""
    statements, graph = facts.statements, facts.ontology.graph
    if statements.entities or statements.endpoints:
        return
    ours = any(kind.startswith(f"<{NAMESPACE}") for kind in graph.classes if not _is_service(kind))
    if not ours and not _SPOKEN_OF.intersection(graph.classes):
        yield RULE.at(
            None,
            "the ontology declares no entity and no endpoint",
            help="declare one, as in `ex:Book a orm:Entity`; `terapin explain orm:Entity` has an example",
        )


def _is_service(kind: str) -> bool:
    return kind == term(f"{NAMESPACE}api#Service")
