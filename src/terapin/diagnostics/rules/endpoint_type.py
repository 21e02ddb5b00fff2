from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.model import FieldType
from terapin.ontology.facts import Facts

RULE = Rule(
    code="endpoint-type",
    local=True,
    summary="an endpoint takes or answers an Enum",
    explanation="""\
The values of an Enum are stated with a field, and a parameter or an answer has none. Take a String, and look at
what it may be in the handler; or answer with an entity that has the field.""",
    example="""\
ex:Today a api:Endpoint ; api:method "GET" ; api:path "/today" ; api:responseType "Enum" .
""",
    mended="""\
ex:Today a api:Endpoint ; api:method "GET" ; api:path "/today" ; api:responseType "String" .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    for endpoint in facts.statements.endpoints:
        for stated in (endpoint.response_type, *(each.type for each in endpoint.parameters)):
            if stated and stated.value is FieldType.ENUM:
                yield RULE.at(
                    stated.place, "an Enum has no values here", help='take a "String" instead'
                )
