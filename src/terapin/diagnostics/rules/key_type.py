from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.model import FieldType
from terapin.ontology.facts import Facts
from terapin.ontology.statements import is_true

RULE = Rule(
    code="key-type",
    local=True,
    summary="a primary key is of a type that cannot be one",
    explanation="""\
A primary key is a UUID, an Integer, a BigInteger or a String. It stands in paths and in foreign keys, so it must
be short, exact and have one spelling; and it is never empty.""",
    example="""\
ex:Book a orm:Entity ;
  orm:fields ( [ orm:fieldName "price" ; orm:fieldType "Float" ; orm:primaryKey true ] ) .
""",
    mended="""\
ex:Book a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "price" ; orm:fieldType "Float" ]
  ) .
""",
)


_TYPES = (FieldType.UUID, FieldType.INTEGER, FieldType.BIG_INTEGER, FieldType.STRING)


def check(facts: Facts) -> Iterator[Diagnostic]:
    for entity in facts.statements.entities.values():
        for key in entity.keys:
            if key.kind:
                yield RULE.at(key.kind.place, "a relationship cannot be a primary key")
            elif key.type and key.type.value not in _TYPES:
                yield RULE.at(
                    key.type.place,
                    f"a primary key cannot be of type {key.type.value}",
                    help=f"it can be of type {', '.join(_TYPES)}",
                )
            for contradiction in (key.nullable, key.secret, key.write_only):
                if contradiction and is_true(contradiction):
                    word = "be empty" if contradiction is key.nullable else "be hidden"
                    yield RULE.at(contradiction.place, f"a primary key cannot {word}")
