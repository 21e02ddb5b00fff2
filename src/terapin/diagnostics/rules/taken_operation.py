from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts
from terapin.ontology.paths import generated_operations
from terapin.ontology.statements import value_of

RULE = Rule(
    code="taken-operation",
    summary="an endpoint has the operation id of a generated one",
    explanation="""\
Every operation of the API has an id of its own, after which clients name their methods. The operations of an
entity are called `list_books`, `create_book`, `get_book`, `update_book` and `delete_book`, those of a relationship
`list_books_of_author`, and those of a task that is exposed `send_welcome`, `get_task` and `cancel_task`. An endpoint
without `api:operationId` is called after its IRI.""",
    example="""\
ex:Book a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:Latest a api:Endpoint ;
  api:method "GET" ; api:path "/latest" ; api:operationId "get_book" .
""",
    mended="""\
ex:Book a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:Latest a api:Endpoint ;
  api:method "GET" ; api:path "/latest" ; api:operationId "get_latest_book" .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    if not facts.statements.endpoints:
        return
    generated = generated_operations(facts)
    for endpoint in facts.statements.endpoints:
        stated = endpoint.operation_id
        name = value_of(stated) or facts.naming.operations[endpoint.iri]
        if name in generated:
            yield RULE.at(
                stated.place if stated else endpoint.place,
                f"'{name}' is an operation of {generated[name]}",
                help=None if stated else "give it another `api:operationId`",
            )
