"""Whether GraphQL shows of a service what its model says, and nothing else."""

from __future__ import annotations

import ast
import inspect
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from graphql import build_schema

from terapin.layers.graphql.shown import Shown, shown
from terapin.layers.python import docstring
from terapin.layers.types import enum_members
from terapin.model import FieldType, ServiceModel
from terapin.model.naming import GRAPHQL_SUFFIXES, enum_name, graphql_name
from terapin.model.reserved import GRAPHQL_TYPES

from .conftest import REPOSITORY
from .introspecting import introspected
from .standing import run

_NAME = re.compile(r"(?!__)[_A-Za-z][_0-9A-Za-z]*")

Types = Mapping[str, Any]


def assert_shown(projects: Mapping[Path, ServiceModel]) -> None:
    """Projects by their directory, with what they were made of."""
    program = [sys.executable, "-W", "error", "-m", "tests.generated.introspecting"]
    printed = run(REPOSITORY, *program, *map(str, projects), PYTHONPATH=str(REPOSITORY / "src"))
    for line, model in zip(printed.splitlines(), projects.values(), strict=True):
        found = json.loads(line)
        types = _by_name(found["types"])
        assert types == _by_name(introspected(build_schema(found["sdl"])))
        _assert_names(types)
        _assert_types(types, shown(model))


def _by_name(types: Sequence[Any]) -> Types:
    """Without those of introspection; each name stands once."""
    own = {each["name"]: each for each in types if not each["name"].startswith("__")}
    assert len(own) == sum(not each["name"].startswith("__") for each in types)
    return own


def _assert_names(types: Types) -> None:
    for type_ in types.values():
        members = [type_["name"]]
        for kind in ("fields", "inputFields", "enumValues"):
            names = [each["name"] for each in type_.get(kind) or ()]
            assert len({*names}) == len(names)
            members += names
        members += [each["name"] for field in type_.get("fields") or () for each in field["args"]]
        assert all(map(_NAME.fullmatch, members)), members


def _assert_types(types: Types, entities: Sequence[Shown]) -> None:
    made = {f"{each.class_name}{suffix}" for each in entities for suffix in ("", *GRAPHQL_SUFFIXES)}
    enums = dict(enum for each in entities for enum in _enums(each))
    filters = {f"{null}{name}EqualFilter" for name in enums for null in ("", "Nullable")}
    assert types.keys() <= {*made, *enums, *filters, *GRAPHQL_TYPES}
    for name, members in enums.items():
        if name in types:
            assert [each["name"] for each in types[name]["enumValues"]] == members
            assert not any(each["description"] for each in types[name]["enumValues"])
    for entity in entities:
        _assert_entity(types, entity)


def _enums(entity: Shown) -> Iterator[tuple[str, list[str]]]:
    for field in entity.fields:
        if field.type is FieldType.ENUM:
            members = [name for name, _ in enum_members(field.values)]
            yield enum_name(entity.class_name, field.attribute), members


def _assert_entity(types: Types, entity: Shown) -> None:
    """What the ontology says of an entity and of its fields stands wherever they do."""
    name, description = entity.class_name, entity.entity.description
    # The docstring of the model is where it comes from.
    said_of_it = inspect.cleandoc(ast.literal_eval(docstring(description))) if description else None
    assert types[name]["description"] == (said_of_it or None)
    said = {graphql_name(each.attribute): each.description or None for each in entity.fields}
    read = {graphql_name(each.attribute) for each in entity.read}
    ends = {graphql_name(end.attribute) for end, _ in entity.ends}
    assert _described(types[name], "fields") == {
        **{each: said[each] for each in read},
        **dict.fromkeys(ends),
    }
    operators = dict.fromkeys(("and", "or", "not"))
    for suffix in ("Where", "Order", "CreateInput", "UpdateInput"):
        if f"{name}{suffix}" in types:
            described = _described(types[f"{name}{suffix}"], "inputFields")
            assert described.items() <= {**said, **operators}.items()


def _described(type_: Any, kind: str) -> dict[str, str | None]:
    return {each["name"]: each["description"] for each in type_[kind]}
