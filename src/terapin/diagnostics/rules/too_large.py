from __future__ import annotations

from terapin.diagnostics.rule import Rule

RULE = Rule(
    code="too-large",
    summary="a document exceeds what is read",
    explanation="""\
An ontology may come from strangers, so that there are limits, far above what people write: 64 MiB and
1,000,000 triples a document, 100 brackets within brackets, 1,000,000 characters a string, 10,000 items a list.
Divide a document that is larger for a good reason; several files make one ontology.""",
    example="",
    mended="",
)
