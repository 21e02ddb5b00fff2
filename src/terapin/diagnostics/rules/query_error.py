from __future__ import annotations

from terapin.diagnostics.rule import Rule

RULE = Rule(
    code="query-error",
    summary="a SPARQL query of a template cannot be answered",
    explanation="""\
Templates ask the ontology by SPARQL SELECT. The prefixes of its documents and the usual ones are declared
already. Nothing is fetched, so there is neither SERVICE nor LOAD.""",
    example="",
    mended="",
)
