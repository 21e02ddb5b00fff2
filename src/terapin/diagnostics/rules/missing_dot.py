from __future__ import annotations

from terapin.diagnostics.diagnostic import Severity
from terapin.diagnostics.rule import Rule

RULE = Rule(
    code="missing-dot",
    severity=Severity.WARNING,
    summary="a prefix is declared without a closing dot",
    explanation="""\
`@prefix` and `@base` end with a dot. Many published snippets forget it, and what is meant is plain, so
the document is read as if the dot were there; other tools will refuse it. (`PREFIX`, as in SPARQL,
takes no dot.)""",
    example="""\
@prefix shop: <http://shop.example/>

shop:Book a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
    mended="""\
@prefix shop: <http://shop.example/> .

shop:Book a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
)
