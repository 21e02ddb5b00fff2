from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.diagnostics.similar import did_you_mean
from terapin.layers.types import SPELLINGS
from terapin.model import FieldType, Now
from terapin.ontology.defaults import EXPECTED, default_of
from terapin.ontology.facts import Facts
from terapin.ontology.permissions import conditions
from terapin.ontology.statements import Stated
from terapin.ontology.ways import Way, Ways

RULE = Rule(
    code="condition-value",
    summary="a condition compares a field with what it never is",
    explanation="""\
What `auth:equals` and `auth:in` give is a value that the field can have: `true` of a Boolean, one of the `orm:values`
of an enumeration, and of the other types what `orm:default` would take, but not `"now"`. JSON, Binary and the types
that have several spellings of one value (URL, Phone, Currency, Country, IPAddress, Color, Timezone) are not compared.""",
    example="""\
ex:Shop a api:Service ; auth:create () ; auth:update () ; auth:delete () .

ex:Book a orm:Entity ;
  auth:read [ auth:field "status" ; auth:equals "publisht" ] ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "status" ; orm:fieldType "Enum" ; orm:values ( "draft" "published" ) ]
  ) .
""",
    mended="""\
ex:Shop a api:Service ; auth:create () ; auth:update () ; auth:delete () .

ex:Book a orm:Entity ;
  auth:read [ auth:field "status" ; auth:equals "published" ] ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "status" ; orm:fieldType "Enum" ; orm:values ( "draft" "published" ) ]
  ) .
""",
)

_NOT_COMPARED = frozenset(
    {
        FieldType.JSON,
        FieldType.BINARY,
        *(type_ for type_, spelling in SPELLINGS.items() if spelling.domain),
    }
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    ways = Ways(facts)
    for entity in facts.statements.entities.values():
        for condition in conditions(entity):
            way = ways.find(entity, condition.field.value)
            if not isinstance(way, Way) or way.type is None:
                continue
            if way.type in _NOT_COMPARED:
                yield RULE.at(
                    condition.field.place,
                    f"'{condition.field.value}' is {_a(way.type)}, which is not compared",
                )
                continue
            for value in condition.values:
                yield from _of(way, way.type, condition.field.value, value)


def _of(way: Way, type_: FieldType, path: str, stated: Stated[str]) -> Iterator[Diagnostic]:
    value = default_of(type_, stated.value)
    if value is None or isinstance(value, Now):
        expected = EXPECTED[type_].removesuffix(', or "now"')
        yield RULE.at(stated.place, f"'{path}' is {_a(type_)}, and this is not {expected}")
    elif isinstance(value, str) and "\0" in value:
        yield RULE.at(stated.place, "the value has the character NUL, which no database can store")
    elif type_ is FieldType.ENUM and way.field:
        values = [each.value for each in way.field.values]
        if values and value not in values:
            listed = "it is one of " + ", ".join(f'"{each}"' for each in values)
            yield RULE.at(
                stated.place,
                f"'{path}' is never {str(value)!r}",
                help=did_you_mean(str(value), values, listed, quote='"'),
            )


def _a(type_: FieldType) -> str:
    return f"{'an' if type_[0] in 'AEIO' else 'a'} {type_}"
