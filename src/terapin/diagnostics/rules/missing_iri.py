from __future__ import annotations

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.model import Place

RULE = Rule(
    code="missing-iri",
    local=True,
    summary="what needs an IRI is a blank node",
    explanation="""\
Entities, relationships, endpoints, data sources, what configures these, and the service have IRIs. Generated names,
files and migrations belong to the IRI, so that they stay what they are when the ontology changes; a blank node is
another one in every reading.""",
    example="""\
[] a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:Author a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
    mended="""\
ex:Book a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .

ex:Author a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
)


def diagnostic(place: Place, what: str) -> Diagnostic:
    return RULE.at(
        place,
        f"{what} needs an IRI, and this is a blank node",
        help="begin the statement with a name, as in `ex:Book a …`",
    )
