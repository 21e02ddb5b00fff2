from __future__ import annotations

from terapin.diagnostics.diagnostic import Diagnostic, Where
from terapin.diagnostics.rule import Rule
from terapin.vocabulary.namespaces import KNOWN

RULE = Rule(
    code="undeclared-prefix",
    summary="a prefix is used but not declared",
    explanation="""\
Every prefix of a document is declared in it, before it is used, by a line such as
`@prefix ex: <http://example.org/> .`; a document does not see the prefixes of another. For prefixes
that are widely known the message offers the namespace they usually stand for.""",
    example="""\
shop:Book a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
    mended="""\
@prefix shop: <http://shop.example/> .

shop:Book a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
)


def diagnostic(prefix: str, where: Where, more: int) -> Diagnostic:
    namespace = KNOWN.get(prefix, f"http://example.org/{prefix}#")
    line = f"@prefix {prefix}: <{namespace}> ."
    choice = "" if prefix in KNOWN else ", with the namespace of your choice"
    notes = (f"it is used {more} more time{'s' * (more > 1)}",) if more else ()
    return RULE.at(
        where,
        f"prefix '{prefix}:' is not declared",
        help=f"add `{line}` at the beginning{choice}",
        notes=notes,
    )
