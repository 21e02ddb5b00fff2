from __future__ import annotations

from terapin.diagnostics.rule import Rule

RULE = Rule(
    code="template-error",
    summary="a template cannot be rendered",
    explanation="""\
The template is shown where it failed and, where that is known, the part of the ontology that was rendered just
then: the value itself, or the entity or field that it belongs to.""",
    example="",
    mended="",
)
