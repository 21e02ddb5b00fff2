from __future__ import annotations

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.diagnostics.similar import similar
from terapin.model import FieldType, Kind, Place

RULE = Rule(
    code="unknown-type",
    local=True,
    summary="a type is not one of those that there are",
    explanation="""\
`orm:fieldType` takes the name of a type in quotes (`"String"`, `"UUID"`, `"Decimal"`, …), the IRI of an
XSD datatype (`xsd:date`) or, for a relationship field, the kind of the relationship as an IRI
(`rel:OneToMany`). `terapin explain orm:fieldType` lists all of them.""",
    example="""\
ex:Book a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "title" ; orm:fieldType "Strng" ]
  ) .
""",
    mended="""\
ex:Book a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "title" ; orm:fieldType "String" ]
  ) .
""",
)

# What users of other tools call the types.
_ELSEWHERE = {
    "bigint": "BigInteger",
    "blob": "Binary",
    "bool": "Boolean",
    "bytes": "Binary",
    "char": "String",
    "double": "Float",
    "dict": "JSON",
    "duration": "Interval",
    "int": "Integer",
    "jsonb": "JSON",
    "long": "BigInteger",
    "number": "Decimal",
    "numeric": "Decimal",
    "object": "JSON",
    "real": "Float",
    "str": "String",
    "timestamp": "DateTime",
    "varchar": "String",
}


def diagnostic(place: Place, name: str | None, shown: str) -> Diagnostic:
    if name is None:
        return RULE.at(place, f"{shown} is not a type", help=_help_for_term(shown))
    return RULE.at(place, f"there is no type '{name}'", help=_help_for_name(name))


def _help_for_name(name: str) -> str:
    if name in list(Kind):
        return f"a kind of relationship is an IRI: `rel:{name}`"
    meant = _ELSEWHERE.get(name.casefold()) or similar(name, {each: each for each in FieldType})
    return (
        f'did you mean "{meant}"?' if meant else "`terapin explain orm:fieldType` lists the types"
    )


def _help_for_term(shown: str) -> str:
    local = shown.rpartition(":")[2]
    if local in list(FieldType):
        return f'types are written in quotes: "{local}"'
    if shown in {f"rel:{kind}" for kind in Kind}:
        return "only a field stands for a relationship"
    meant = similar(shown, {f"rel:{kind}": f"rel:{kind}" for kind in Kind})
    return f"did you mean {meant}?" if meant else "`terapin explain orm:fieldType` lists the types"
