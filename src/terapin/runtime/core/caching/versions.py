"""The version of what a service stores and answers, which is part of every key."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

from sqlalchemy import URL, MetaData

from ..canonical import digest
from ..resource import Resource

# Raised when what was kept before cannot be read any more.
FORMAT = 1


def schema_version(metadata: MetaData, resources: Iterable[Resource]) -> str:
    """Changes with every table and with everything that clients read, so that no answer outlives its form."""
    shapes = {resource.title: _shape(resource) for resource in resources}
    return digest([FORMAT, _tables(metadata), shapes])


def _tables(metadata: MetaData) -> dict[str, Any]:
    dialect = URL.create("postgresql").get_dialect()()
    return {
        table.name: [
            [column.name, column.type.compile(dialect), bool(column.nullable)]
            for column in table.columns
        ]
        for table in metadata.tables.values()
    }


def _shape(resource: Resource) -> list[Any]:
    relations = {name: relation.target.title for name, relation in resource.relation.items()}
    schema = resource.read.model_json_schema(mode="serialization")
    return [schema, relations, list(resource.embedded), _stated(resource.policy)]


def _stated(policy: Any) -> str | None:
    """In other words it may be something else."""
    return None if policy is None else inspect.getsource(policy)
