from __future__ import annotations

from terapin.diagnostics.rule import Rule

RULE = Rule(
    code="syntax-error",
    summary="the document is not Turtle",
    explanation="""\
The parser could not make sense of the document at this place. Every mistake of the document is shown,
but nothing that it says is checked before all of them are mended, since what stands around a mistake
is not known. Most often a dot, a semicolon or a closing bracket is missing just before the place shown.""",
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
