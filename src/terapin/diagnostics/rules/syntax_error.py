from __future__ import annotations

from terapin.diagnostics.rule import Rule

RULE = Rule(
    code="syntax-error",
    summary="the document is not Turtle",
    explanation="""\
A statement is not Turtle. It is left out, and of the rest, what is certain whatever the statement says is
checked nevertheless. A mistake is shown where it was noticed: what is missing, where it should stand, and
of brackets also the one that was opened.""",
    example="""\
ex:Book a orm:Entity ;
  orm:tableName "books
""",
    mended="""\
ex:Book a orm:Entity ;
  orm:tableName "books" ;
  orm:fields ( [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ] ) .
""",
)
