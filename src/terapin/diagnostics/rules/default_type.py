from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.diagnostics.similar import did_you_mean
from terapin.model import FieldType, Now
from terapin.ontology.build import digits_of, field_length
from terapin.ontology.defaults import EXPECTED, Default, default_of
from terapin.ontology.facts import Facts
from terapin.ontology.statements import FieldStatement, Stated, is_true

RULE = Rule(
    code="default-type",
    local=True,
    summary="a default does not fit its field",
    explanation="""\
The default of a field is a value of its type, within its constraints; that of an Enum is one of its values.
Dates, times, durations and UUIDs are written as strings, JSON as a string of JSON. A primary key, a
Binary and a relationship have no default.""",
    example="""\
ex:Book a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "pages" ; orm:fieldType "Integer" ; orm:default "many" ]
  ) .
""",
    mended="""\
ex:Book a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "pages" ; orm:fieldType "Integer" ; orm:default 100 ]
  ) .
""",
)


_ESCAPED_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def check(facts: Facts) -> Iterator[Diagnostic]:
    for entity in facts.statements.entities.values():
        for field in entity.fields:
            if field.default:
                yield from _of_field(field)
    for endpoint in facts.statements.endpoints:
        for parameter in endpoint.parameters:
            type_, default = parameter.type, parameter.default
            if not type_ or not default:
                continue
            if isinstance(default_of(type_.value, default.value), Now | None):
                yield RULE.at(default.place, _expected(type_.value))
    tasks, messages = facts.statements.tasks, facts.statements.messages.values()
    for parameters in (
        *(task.parameters for task in tasks),
        *(message.fields for message in messages),
    ):
        for each in parameters:
            if each.type and each.default:
                yield from _of_parameter(each.type.value, each.default)


def _of_parameter(type_: FieldType, stated: Stated[str]) -> Iterator[Diagnostic]:
    """`task-parameter` speaks of an Enum."""
    default = default_of(type_, stated.value)
    if isinstance(default, Now | None):
        yield RULE.at(stated.place, _expected(type_))
    elif isinstance(default, str) and "\0" in default:
        yield RULE.at(
            stated.place, "the default has the character NUL, which no database can store"
        )


def _of_field(field: FieldStatement) -> Iterator[Diagnostic]:
    if not field.default or not (field.type or field.kind):
        return
    if is_true(field.primary_key) or field.kind or field.type is None:
        what = "relationship" if field.kind else "primary key"
        yield RULE.at(field.default.place, f"a {what} has no default")
        return
    default = default_of(field.type.value, field.default.value)
    if default is None:
        yield RULE.at(field.default.place, _expected(field.type.value))
    elif field.type.value is FieldType.ENUM:
        values = [each.value for each in field.values]
        if values and default not in values:
            listed = ", ".join(f'"{value}"' for value in values)
            yield RULE.at(
                field.default.place,
                f"the default is not one of the values {listed}",
                help=did_you_mean(str(default), values, quote='"'),
            )
    elif reason := _outside(field, default):
        yield RULE.at(field.default.place, f"the default {reason}")


def _expected(type_: FieldType) -> str:
    if type_ is FieldType.BINARY:
        return "a Binary has no default"
    article = "an" if type_[0] in "AEIO" else "a"
    return f"the default of {article} {type_} is {EXPECTED[type_]}"


def _outside(field: FieldStatement, default: Default) -> str | None:
    if isinstance(default, str):
        return _unstorable(field, default) or _wrong_length(field, default)
    if isinstance(default, Now | bool):
        return None
    return _out_of_bounds(field, Decimal(default)) or _too_many_digits(field, Decimal(default))


def _unstorable(field: FieldStatement, default: str) -> str | None:
    """JSON is text in which the character is escaped."""
    is_json = field.type is not None and field.type.value is FieldType.JSON
    found = _ESCAPED_NUL.search(default) if is_json else "\0" in default
    return "has the character NUL, which no database can store" if found else None


def _wrong_length(field: FieldStatement, default: str) -> str | None:
    most = field_length(field)
    if most is not None and len(default) > most:
        return f"is longer than {most}"
    if field.min_length and len(default) < field.min_length.value:
        return f"is shorter than {field.min_length.value}"
    return None


def _out_of_bounds(field: FieldStatement, default: Decimal) -> str | None:
    least, most = field.least, field.most
    if least is not None and default < least:
        return f"is less than {least}"
    if most is not None and default > most:
        return f"is greater than {most}"
    if field.exclusive_minimum and default <= field.exclusive_minimum.value:
        return f"is not greater than {field.exclusive_minimum.value}"
    if field.exclusive_maximum and default >= field.exclusive_maximum.value:
        return f"is not less than {field.exclusive_maximum.value}"
    return None


def _too_many_digits(field: FieldStatement, default: Decimal) -> str | None:
    if field.type is None or field.type.value is not FieldType.DECIMAL:
        return None
    precision, scale = digits_of(field)
    if default != round(default, scale):
        return f"has more than {scale} digits after the point"
    return (
        f"has more than {precision} digits" if abs(default) >= 10 ** (precision - scale) else None
    )
