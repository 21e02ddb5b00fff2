"""`.terapin/model.json`: the model as it was last generated, from which migrations are made."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from itertools import chain
from json.encoder import encode_basestring
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from ..model import (
    CORE_TABLES,
    Endpoint,
    Entity,
    Field,
    FieldType,
    Now,
    Parameter,
    Place,
    ServiceModel,
)
from .errors import ProjectError
from .lock import MODEL

# What says where something stands, or what it was once called, is no part of what it is; GraphQL, whose tokens are
# taken, and what is declared of tasks and channels concern no table.
_LEFT_OUT = frozenset({"place", "formerly", "graphql", "tasks", "access", "channels", "messages"})
_NUMBERS = frozenset({FieldType.DECIMAL, FieldType.FLOAT})
_TYPES = frozenset(FieldType)
# The model, its entities, one of them, its fields: what lies deeper stands on one line.
_OPENED = 4

Read = Callable[[Any], Any]


def dump_model(model: ServiceModel) -> bytes:
    """Only what is not a default, sorted, a line a field, so that a change reads as one and branches merge."""
    return f"{_text(model)}\n".encode()


def load_model(
    content: bytes, today: ServiceModel | None = None, dumped: bytes = b""
) -> ServiceModel:
    """What `dump_model` wrote, without places. What an older terapin did not know takes its default.

    An entity that is written as in `dumped` is that of `today`: most of them, when one has changed.
    Raises ProjectError also where the parts do not fit together, as after a merge by hand.
    """
    try:
        data = json.loads(_without_known(content, dumped))
        entities = data.pop("entities")
        read = _reader(Entity)
        same = today.entities if today else {}
        model: ServiceModel = _reader(ServiceModel)(data | {"entities": {}})
        model = dataclasses.replace(
            model,
            entities={
                iri: same[iri] if each == _KNOWN else read(each) for iri, each in entities.items()
            },
        )
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ) as error:
        raise _unreadable(repr(error)) from error
    if mistake := next(_mistakes(model), None):
        raise _unreadable(mistake)
    return model


def entity_texts(dumped: bytes) -> dict[str, bytes]:
    """Each entity as `dump_model` wrote it, by its IRI."""
    return {json.loads(match[1]): match[0] for match in _ENTITY.finditer(dumped)}


def _without_known(content: bytes, dumped: bytes) -> bytes:
    """The entities that are in both, word for word, are `_KNOWN`: most of the time goes into reading JSON."""
    known = {match[0] for match in _ENTITY.finditer(dumped)}
    return _ENTITY.sub(
        lambda match: (
            b'  %s: "%s"' % (match[1], _KNOWN.encode()) if match[0] in known else match[0]
        ),
        content,
    )


# As `dump_model` lays it out: its key two spaces in, what it has further in.
_ENTITY = re.compile(rb'^  ("[^\n]*"): \{\n(?:   .*\n)*  \}', re.MULTILINE)
_KNOWN = "as today"


def _unreadable(reason: str) -> ProjectError:
    return ProjectError(
        f"{MODEL} cannot be read: {reason}",
        "migrations are made from it: restore it from version control",
    )


def _mistakes(model: ServiceModel) -> Iterator[str]:
    """What no tables can be made of."""
    entities = model.entities
    for name in model.core_tables:
        if name not in CORE_TABLES:
            yield f"{name} is no table of core"
    tables: dict[str, str] = {}
    for iri, entity in entities.items():
        if (other := tables.setdefault(entity.table, iri)) != iri:
            yield f"{other} and {iri} have one table"
    for entity in entities.values():
        attributes = [field.attribute for field in entity.fields]
        if sum(field.primary_key for field in entity.fields) != 1:
            yield f"{entity.iri} has not one primary key"
        if len({*attributes}) != len(attributes):
            yield f"{entity.iri} has a field twice"
        for name in chain(*entity.unique_together, *entity.indexes):
            if name not in attributes:
                yield f"{entity.iri} has no field {name}"
        for iri in _referred(entity):
            if iri not in entities:
                yield f"{entity.iri} refers to {iri}, which is not there"


def _referred(entity: Entity) -> Iterator[str]:
    for field in entity.fields:
        if field.foreign_key:
            yield field.foreign_key.entity
    for end in entity.relationships:
        yield end.target
        if end.join_table:
            yield from (end.join_table.left, end.join_table.right)


def _text(value: Any, depth: int = 0) -> str:
    if value is None or value is True or value is False:
        return _CONSTANTS[value]
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return encode_basestring(str(value))
    if isinstance(value, tuple):
        return _laid_out("[]", [_text(each, depth + 1) for each in value], depth)
    if isinstance(value, Mapping):
        items = sorted(value.items())
        lines = [f"{encode_basestring(key)}: {_text(each, depth + 1)}" for key, each in items]
        return _laid_out("{}", lines, depth)
    kind: Any = type(value)
    keys, defaults, values_of = _shape(kind)
    lines = [
        f"{key}{_text(content, depth + 1)}"
        for key, default, content in zip(keys, defaults, values_of(value), strict=True)
        if content is not default and content != default
    ]
    return _laid_out("{}", lines, depth)


_CONSTANTS = {None: "null", True: "true", False: "false"}


@cache
def _shape(kind: Any) -> tuple[tuple[str, ...], tuple[Any, ...], Callable[[Any], tuple[Any, ...]]]:
    """The names of a dataclass's fields as keys, their defaults, and what gets the values of them."""
    kept = sorted((each for each in fields(kind) if each.name not in _LEFT_OUT), key=_name)
    keys = tuple(f'"{each.name}": ' for each in kept)
    defaults = tuple(each.default for each in kept)
    if not kept:
        return keys, defaults, lambda _: ()
    if len(kept) == 1:
        return keys, defaults, lambda value: (getattr(value, kept[0].name),)
    return keys, defaults, attrgetter(*map(_name, kept))


_name = attrgetter("name")


def _laid_out(brackets: str, parts: list[str], depth: int) -> str:
    if depth >= _OPENED or not parts:
        return brackets[0] + ", ".join(parts) + brackets[1]
    margin = "\n" + " " * depth
    return brackets[0] + f"{margin} " + f",{margin} ".join(parts) + margin + brackets[1]


@cache
def _reader(hint: Any) -> Read:
    """How a value of a type is read from what `_text` made of it."""
    arguments = get_args(hint)
    if get_origin(hint) in (Union, UnionType):
        readers = [_reader(each) for each in arguments if each is not NoneType]
        return readers[0] if len(readers) == 1 else _same
    if get_origin(hint) is tuple:
        item = _reader(arguments[0])
        return lambda values: tuple(map(item, values))
    if arguments:
        item = _reader(arguments[1])
        return lambda values: {key: item(each) for key, each in values.items()}
    if isinstance(hint, type) and is_dataclass(hint):
        return _dataclass_reader(hint)
    return hint if issubclass(hint, StrEnum | Decimal) else _scalar_reader(hint)


def _scalar_reader(kind: type) -> Read:
    def read(value: Any) -> Any:
        if not isinstance(value, kind):
            raise TypeError(f"{value!r} is no {kind.__name__}")
        return value

    return read


def _same(value: Any) -> Any:
    return value


def _dataclass_reader(kind: type[Any]) -> Read:
    hints = get_type_hints(kind)
    given = {"place": Place("")} if "place" in hints else {}
    readers = {name: _reader(hint) for name, hint in hints.items() if name not in _LEFT_OUT}
    finish: Read = _UNIONS.get(kind, _same)

    def read(data: Any) -> Any:
        values = {name: readers[name](each) for name, each in data.items() if name in readers}
        return kind(**given, **finish(values))

    return read


def _with_default(values: dict[str, Any]) -> dict[str, Any]:
    default = values.get("default")
    if default == {}:
        return values | {"default": Now()}
    if values["type"] in _NUMBERS and default is not None:
        return values | {"default": Decimal(default)}
    return values


def _with_response(values: dict[str, Any]) -> dict[str, Any]:
    if values.get("response") in _TYPES:
        return values | {"response": FieldType(values["response"])}
    return values


# Of the values that are of one of several types, which one it is depends on the others.
_UNIONS: Mapping[type, Read] = {
    Field: _with_default,
    Parameter: _with_default,
    Endpoint: _with_response,
}
