from __future__ import annotations

from terapin.diagnostics.diagnostic import Diagnostic, Label, Where
from terapin.diagnostics.rule import Rule
from terapin.vocabulary.namespaces import KNOWN

RULE = Rule(
    code="undeclared-prefix",
    summary="a prefix is used but not declared",
    explanation="""\
Every prefix of a document is declared in it, before it is used, by a line such as
`@prefix ex: <http://example.org/> .`; a document does not see the prefixes of another. For prefixes
that are widely known the message offers the namespace they usually stand for, and with `--lenient` those
are accepted with a warning.""",
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


def diagnostic(
    prefix: str, where: Where, more: int, *, later: Where | None, meant: str | None
) -> Diagnostic:
    notes = (f"it is used {more} more time{'s' * (more > 1)}",) if more else ()
    if later:
        return RULE.at(
            where,
            f"prefix '{prefix}:' is used before it is declared",
            labels=(Label(later, "declared here"),),
            help="move the declaration to the beginning",
            notes=notes,
        )
    namespace = KNOWN.get(prefix, f"http://example.org/{prefix}#")
    line = f"add `@prefix {prefix}: <{namespace}> .` at the beginning"
    if meant:
        line = f"did you mean `{meant}:`? else {line}"
    elif prefix not in KNOWN:
        line += ", with the namespace of your choice"
    return RULE.at(where, f"prefix '{prefix}:' is not declared", help=line, notes=notes)
