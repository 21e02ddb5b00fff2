from __future__ import annotations

from terapin.diagnostics.rule import Rule

RULE = Rule(
    code="broken-list",
    local=True,
    summary="a list written as cells does not lead to its end",
    explanation="""\
A list `( … )` is short for cells, each with one `rdf:first` and one `rdf:rest` that leads to the next, the last
to `rdf:nil`. Cells that are written out can lead in a circle, fork, or end nowhere. `( … )` cannot.""",
    example="""\
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .

ex:Book a orm:Entity ; orm:fields _:cell .
_:cell rdf:first [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ;
  rdf:rest _:cell .
""",
    mended="""\
ex:Book a orm:Entity ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
)
