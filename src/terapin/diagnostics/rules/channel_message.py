from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Label
from terapin.diagnostics.rule import Rule
from terapin.model import FieldType
from terapin.model.naming import attribute_name
from terapin.ontology.facts import Facts
from terapin.ontology.statements import (
    MessageStatement,
    Stated,
    TaskParameterStatement,
    is_true,
    value_of,
)

RULE = Rule(
    code="channel-message",
    summary="a message cannot be sent as it is declared",
    explanation="""\
The messages of a channel differ by `ws:type`, and have none of the types by which the service itself speaks:
`discontinuity`, `error`, `joined`, `left`, `message`, `present` and `subscribed`. Their fields have names of their
own, also in Python, and types that JSON can hold; the values of an Enum are stated with a field of an entity, which a
message has not. Of an entity, the key is sent: whoever hears of it reads it, if they may. One that has to be given has
no default.""",
    example="""\
ex:Chat a ws:Channel ; ws:messages ( ex:Said ) .

ex:Said a ws:Message ; ws:type "error" .
""",
    mended="""\
ex:Chat a ws:Channel ; ws:messages ( ex:Said ) .

ex:Said a ws:Message ; ws:type "said" .
""",
)

_OWN = frozenset({"discontinuity", "error", "joined", "left", "message", "present", "subscribed"})
_LONGEST = 100
_WITH_LENGTH = frozenset({FieldType.STRING, FieldType.TEXT, FieldType.EMAIL, FieldType.URL})


def check(facts: Facts) -> Iterator[Diagnostic]:
    messages = facts.statements.messages
    for message in messages.values():
        yield from _type(facts, message)
        yield from _fields(message)
    for channel in facts.statements.channels:
        first: dict[str, Stated[str]] = {}
        for stated in channel.messages:
            if stated.value not in messages:
                continue
            name = _name(facts, messages[stated.value])
            other = first.setdefault(name, stated)
            if other is not stated:
                yield RULE.at(
                    stated.place,
                    f"the channel has two messages of the type '{name}'",
                    labels=(Label(other.place, "the other one"),),
                )


def _name(facts: Facts, message: MessageStatement) -> str:
    return value_of(message.type) or facts.naming.messages[message.iri].strip("_")


def _type(facts: Facts, message: MessageStatement) -> Iterator[Diagnostic]:
    place = message.type.place if message.type else message.place
    name = _name(facts, message)
    if name in _OWN:
        yield RULE.at(
            place, f"'{name}' is a type of the service's own", help="state another ws:type"
        )
    elif not name.isprintable() or not 0 < len(name) <= _LONGEST:
        yield RULE.at(place, f"a type has 1 to {_LONGEST} characters that can be seen")


def _fields(message: MessageStatement) -> Iterator[Diagnostic]:
    first: dict[str, TaskParameterStatement] = {}
    for field in message.fields:
        other = first.setdefault(attribute_name(field.name).casefold(), field)
        if other is not field:
            yield RULE.at(
                field.place,
                f"there are two fields '{attribute_name(field.name)}'",
                labels=(Label(other.place, "the other one"),),
            )
        yield from _field(field)


def _field(field: TaskParameterStatement) -> Iterator[Diagnostic]:
    type_ = value_of(field.type)
    if field.type and type_ is FieldType.ENUM:
        yield RULE.at(
            field.type.place, "an Enum has no values here", help='take a "String" instead'
        )
    if field.max_length and (type_ not in _WITH_LENGTH or not field.max_length.value):
        yield RULE.at(field.max_length.place, "orm:maxLength is of a text, and 1 or more")
    if field.default and field.entity:
        yield RULE.at(field.default.place, "an entity has no default")
    elif field.default and field.required and is_true(field.required):
        yield RULE.at(
            field.default.place,
            f"'{field.name}' must be given, and has a default",
            labels=(Label(field.required.place, "it must be given"),),
            help="leave out one of them",
        )
