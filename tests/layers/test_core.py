"""What is emitted of core stands alone, whatever a service needs of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from itertools import compress, product
from pathlib import PurePosixPath

import pytest

from terapin.layers.core import NEEDED, RUNTIME
from terapin.layers.runtime import modules, needed_modules
from terapin.model import (
    Access,
    Cache,
    Channel,
    DataSource,
    Endpoint,
    Entity,
    FieldType,
    Graphql,
    Permissions,
    Place,
    ServiceModel,
    SourceKind,
)

SOURCES = [
    DataSource(iri=kind, place=Place(kind), name=kind, kind=kind)
    for kind in (SourceKind.MONGODB, SourceKind.REDIS)
]
CACHE = Cache(iri="cache", place=Place("cache"), name="cache")
ENDPOINT = Endpoint(
    iri="endpoint",
    place=Place("endpoint"),
    method="GET",
    path="/endpoint",
    operation_id="endpoint",
    operation="endpoint",
    response=FieldType.URL,
)
CHANNEL = Channel(iri="channel", place=Place("channel"), module="channel")
ENTITY = Entity(
    iri="entity",
    place=Place("entity"),
    class_name="Thing",
    module="thing",
    variable="things",
    table="things",
    fields=(),
    permissions=Permissions(),
)
SERVICES = [
    ServiceModel(
        name="service",
        version="1",
        entities={"entity": ENTITY} if has_permissions else {},
        data_sources=tuple(compress(SOURCES, has_source)),
        caches=(CACHE,) * has_cache,
        endpoints=(ENDPOINT,) * has_domain_type,
        graphql=Graphql(entities={}) if has_graphql else None,
        access=Access(issuer="issuer", audience="audience") if has_access else None,
        channels=(CHANNEL,) * has_channel,
    )
    for *has_source, has_cache, has_domain_type, has_graphql, has_access, has_permissions, has_channel in product(
        (False, True), repeat=8
    )
]


@pytest.mark.parametrize("model", SERVICES)
def test_imports_only_what_is_emitted(model: ServiceModel) -> None:
    """Also inside of functions: mypy reads those imports, too."""
    emitted = dict(needed_modules(RUNTIME, model, NEEDED))
    for path, content in emitted.items():
        missing = _imported(path, content) - emitted.keys()
        assert not missing, f"{path} imports {missing}"


def test_what_not_every_service_needs_is_there() -> None:
    places = {place for path in modules(RUNTIME) for place in (path, *path.parents)}
    assert {PurePosixPath(path) for path in NEEDED} <= places


@pytest.mark.parametrize("room", ["realtime", "security", "tasks"])
def test_no_modules_import_each_other_in_a_circle(room: str) -> None:
    """Nor inside of functions, nor for mypy alone."""
    inside = {path: content for path, content in modules(RUNTIME).items() if room in path.parts}
    TopologicalSorter(
        {path: _imported(path, content) & inside.keys() for path, content in inside.items()}
    ).prepare()


@cache
def _imported(path: PurePosixPath, content: bytes) -> frozenset[PurePosixPath]:
    """The modules of core that a module of it imports: the same, whatever else is emitted."""
    return frozenset(_found(path, content))


def _found(path: PurePosixPath, content: bytes) -> Iterator[PurePosixPath]:
    everything = modules(RUNTIME)
    for node in ast.walk(ast.parse(content)):
        if isinstance(node, ast.ImportFrom) and node.level:
            package = path.parents[node.level - 1]
            module = package.joinpath(*(node.module.split(".") if node.module else ()))
            for each in (module, *(module / alias.name for alias in node.names)):
                for file in (PurePosixPath(f"{each}.py"), each / "__init__.py"):
                    if file in everything:
                        yield file
