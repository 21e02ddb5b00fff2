from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.diagnostics.similar import did_you_mean
from terapin.ontology.facts import Facts
from terapin.ontology.terms import term

RULE = Rule(
    code="unknown-response",
    summary="an endpoint answers with something that is neither an entity nor a type",
    explanation="""\
`api:responseType` is the IRI of an entity that the ontology declares, or a type in quotes, as for
`orm:fieldType`. An endpoint that answers nothing does not state it.""",
    example="""\
ex:Today a api:Endpoint ; api:method "GET" ; api:path "/today" ; api:responseType ex:Book .
""",
    mended="""\
ex:Today a api:Endpoint ; api:method "GET" ; api:path "/today" ; api:responseType "Date" .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    for endpoint in facts.statements.endpoints:
        stated = endpoint.response_entity
        if stated and facts.is_missing(stated.value):
            name = facts.ontology.shorten(term(stated.value))
            entities = [facts.ontology.shorten(term(iri)) for iri in facts.statements.entities]
            yield RULE.at(
                stated.place,
                f"{name} is neither an entity nor a type",
                help=did_you_mean(name, entities),
            )
