"""Prints what GraphQL shows of the services whose directories are the arguments, a line of JSON each.

A program, since what it imports is not for the process of the tests.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from graphql import GraphQLSchema, get_introspection_query, graphql_sync


def main(projects: list[Path]) -> None:
    for project in projects:
        sys.path.append(str(project))
        schema = import_module(f"{project.name}.graphql").schema
        core = import_module(f"{project.name}.core.graphql.schema").core_schema(schema)
        print(json.dumps({"sdl": schema.as_str(), "types": introspected(core)}))


def introspected(schema: GraphQLSchema) -> Any:
    """Its types."""
    query = get_introspection_query(specified_by_url=True, input_value_deprecation=True)
    found = graphql_sync(schema, query)
    assert found.errors is None
    assert found.data
    return found.data["__schema"]["types"]


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
