from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from terapin.diagnostics.diagnostic import Diagnostic, Label
from terapin.diagnostics.rule import Rule
from terapin.model import FieldType
from terapin.ontology.build import TEXT_LENGTH, digits_of, field_length
from terapin.ontology.facts import Facts
from terapin.ontology.statements import FieldStatement, Stated, is_true

RULE = Rule(
    code="constraint-type",
    local=True,
    summary="a constraint does not fit the type of its field, or another constraint",
    explanation="""\
Lengths and patterns are for text, bounds for numbers, digits for Decimal, values for Enum; keys, uniqueness and
the like are for scalar fields, lazyLoad is for relationships. Bounds that no value can meet, and a field
that is both read-only and write-only, are mistakes as well.""",
    example="""\
ex:Book a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "pages" ; orm:fieldType "Integer" ; orm:maxLength 80 ]
  ) .
""",
    mended="""\
ex:Book a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "title" ; orm:fieldType "String" ; orm:maxLength 80 ]
  ) .
""",
)


_TEXT = frozenset({FieldType.STRING, FieldType.TEXT, FieldType.EMAIL, FieldType.URL})
_NUMBER = frozenset({FieldType.INTEGER, FieldType.BIG_INTEGER, FieldType.FLOAT, FieldType.DECIMAL})
_FITS = {
    "min_length": ("orm:minLength", _TEXT),
    "max_length": ("orm:maxLength", _TEXT),
    "pattern": ("orm:pattern", frozenset({FieldType.STRING, FieldType.TEXT})),
    "minimum": ("orm:minimum", _NUMBER),
    "maximum": ("orm:maximum", _NUMBER),
    "exclusive_minimum": ("orm:exclusiveMinimum", _NUMBER),
    "exclusive_maximum": ("orm:exclusiveMaximum", _NUMBER),
    "precision": ("orm:precision", frozenset({FieldType.DECIMAL})),
    "scale": ("orm:scale", frozenset({FieldType.DECIMAL})),
}
_SCALAR_ONLY = {
    "primary_key": "orm:primaryKey",
    "unique": "orm:unique",
    "nullable": "orm:nullable",
    "index": "orm:index",
    "secret": "orm:secret",
    "read_only": "orm:readOnly",
    "write_only": "orm:writeOnly",
}
_BITS = {FieldType.INTEGER: 32, FieldType.BIG_INTEGER: 64}
_LONGEST = 10_485_760
_MOST_DIGITS = 1000


def check(facts: Facts) -> Iterator[Diagnostic]:
    for entity in facts.statements.entities.values():
        for field in entity.fields:
            unfit = list(_unfit(field))
            yield from unfit
            if field.type and not unfit:
                yield from _lengths(field)
                yield from _bounds(field, field.type.value)
                yield from _digits(field)
                yield from _values(field)
                yield from _accesses(field)


def _unfit(field: FieldStatement) -> Iterator[Diagnostic]:
    for attribute, (name, types) in _FITS.items():
        stated: Stated[object] | None = getattr(field, attribute)
        if stated and field.kind:
            yield RULE.at(stated.place, f"{name} says nothing of a relationship")
        elif stated and field.type and field.type.value not in types:
            yield RULE.at(
                stated.place,
                f"{name} says nothing of type {field.type.value}",
                help=f"it is for type {', '.join(sorted(types))}",
            )
    if field.kind:
        for attribute, name in _SCALAR_ONLY.items():
            flag: Stated[bool] | None = getattr(field, attribute)
            if flag and attribute != "primary_key":
                yield RULE.at(
                    flag.place,
                    f"{name} says nothing of a relationship",
                    help=_of_relationship(name),
                )
    elif field.lazy_load and field.type:
        yield RULE.at(field.lazy_load.place, "orm:lazyLoad is said of relationship fields only")


def _of_relationship(name: str) -> str | None:
    return "add `rel:nullable true` to the relationship" if name == "orm:nullable" else None


def _lengths(field: FieldStatement) -> Iterator[Diagnostic]:
    most = field_length(field)
    if field.max_length and not 1 <= field.max_length.value <= _LONGEST:
        yield RULE.at(field.max_length.place, f"orm:maxLength is from 1 to {_LONGEST}")
    elif field.min_length and most is not None and field.min_length.value > most:
        at = field.max_length
        yield RULE.at(
            field.min_length.place,
            f"orm:minLength is greater than the greatest length, {most}",
            labels=(Label(at.place, "stated here"),) if at else (),
            help=None if at else "state a greater orm:maxLength, or use type Text",
        )


def _bounds(field: FieldStatement, type_: FieldType) -> Iterator[Diagnostic]:
    lower = [each for each in (field.minimum, field.exclusive_minimum) if each]
    upper = [each for each in (field.maximum, field.exclusive_maximum) if each]
    for least in lower:
        for most in upper:
            strict = least is field.exclusive_minimum or most is field.exclusive_maximum
            if least.value > most.value or (strict and least.value == most.value):
                yield RULE.at(
                    least.place,
                    "no number is within these bounds",
                    labels=(Label(most.place, "the other bound"),),
                )
    bits = _BITS.get(type_)
    for each in (*lower, *upper) if bits else ():
        if each.value != each.value.to_integral_value():
            yield RULE.at(
                each.place,
                f"a bound of type {type_} is a whole number",
                help='write one, or use type "Decimal"',
            )
        elif abs(each.value) > Decimal(2 ** ((bits or 0) - 1)):
            yield RULE.at(
                each.place,
                f"the bound is out of the reach of type {type_}, which has {bits} bits",
                help='use type "BigInteger"' if bits == 32 else 'use type "Decimal"',
            )


def _digits(field: FieldStatement) -> Iterator[Diagnostic]:
    if field.precision and not 1 <= field.precision.value <= _MOST_DIGITS:
        yield RULE.at(field.precision.place, f"orm:precision is from 1 to {_MOST_DIGITS}")
    elif field.scale and field.scale.value > digits_of(field)[0]:
        yield RULE.at(
            field.scale.place, f"orm:scale is greater than the precision, {digits_of(field)[0]}"
        )


def _values(field: FieldStatement) -> Iterator[Diagnostic]:
    is_enum = field.type is not None and field.type.value is FieldType.ENUM
    seen: dict[str, Stated[str]] = {}
    for value in field.values:
        first = seen.setdefault(value.value, value)
        if not is_enum:
            yield RULE.at(value.place, "orm:values are for type Enum")
            return
        if first is not value:
            yield RULE.at(value.place, f"the value '{value.value}' is there twice")
        elif not 1 <= len(value.value) <= TEXT_LENGTH:
            yield RULE.at(value.place, f"a value has from 1 to {TEXT_LENGTH} characters")
        elif "\0" in value.value:
            yield RULE.at(value.place, "a value cannot have the character NUL")


def _accesses(field: FieldStatement) -> Iterator[Diagnostic]:
    if is_true(field.read_only) and is_true(field.write_only) and field.write_only:
        yield RULE.at(
            field.write_only.place,
            "a field cannot be read-only and write-only: nobody could use it",
        )
    elif is_true(field.read_only) and is_true(field.secret) and field.secret:
        yield RULE.at(
            field.secret.place, "a field cannot be read-only and secret: nobody could use it"
        )
