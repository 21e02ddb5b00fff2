from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts
from terapin.ontology.terms import term
from terapin.vocabulary.namespaces import API, ASYNC, NAMESPACE, OWL, RDFS, SH

RULE = Rule(
    code="nothing-to-generate",
    summary="the ontology declares nothing that a service could consist of",
    explanation="""\
A service consists of entities (`orm:Entity`), of endpoints that the ontology declares (`api:Endpoint`), of background
tasks (`task:AsyncTask`), of WebSocket channels (`ws:Channel`), and of data sources and caches for code of its own
(`db:DataSource`, `async:CacheStrategy`). This ontology has none of them: it is empty, or another file was meant.""",
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
# What is no part of a service by itself.
_ALONE = frozenset(
    map(
        term,
        (
            f"{API}Service",
            f"{ASYNC}ConnectionPool",
            f"{ASYNC}CircuitBreaker",
            f"{ASYNC}RetryPolicy",
        ),
    )
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    """Silent where something else explains it: a misspelt class, one that is not understood yet."""
    statements, graph = facts.statements, facts.ontology.graph
    if statements.entities or statements.endpoints or statements.tasks:
        return
    if statements.sources or statements.caches or statements.channels:
        return
    ours = any(kind.startswith(f"<{NAMESPACE}") for kind in graph.classes if kind not in _ALONE)
    if not ours and not _SPOKEN_OF.intersection(graph.classes):
        yield RULE.at(
            None,
            "the ontology declares no entity, no endpoint, no task, no channel and no data source",
            help="declare one, as in `ex:Book a orm:Entity`; `terapin explain orm:Entity` has an example",
        )
