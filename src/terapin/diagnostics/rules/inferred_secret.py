from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Severity
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts
from terapin.ontology.secrets import says_secret

RULE = Rule(
    code="inferred-secret",
    severity=Severity.INFO,
    summary="a field is taken to be secret because of its name",
    explanation="""\
A field whose name has one of the words `password`, `hash`, `token`, `secret` or `api_key` is treated as if it said
`orm:secret true`: it can be written, and is never shown, filtered, sorted or logged. State `orm:secret`
to say it yourself, or `orm:secret false` if it is not so.""",
    example="""\
ex:User a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "password_hash" ; orm:fieldType "String" ]
  ) .
""",
    mended="""\
ex:User a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "password_hash" ; orm:fieldType "String" ; orm:secret true ]
  ) .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    for entity in facts.statements.entities.values():
        for field in entity.scalars.values():
            if field.secret is None and says_secret(field):
                yield RULE.at(
                    field.place,
                    f"the field '{field.name}' is taken to be secret because of its name",
                    help="state `orm:secret true`, or `orm:secret false` if it is not",
                )
