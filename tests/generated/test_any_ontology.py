"""Whatever the vocabulary can say becomes a service that stands: it compiles, type-checks, migrates and starts."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from terapin.diagnostics import Severity
from terapin.model import ServiceModel
from terapin.project.render import render
from tests.any_ontology import ontologies
from tests.ontologies import compiled_sources

from .shown import assert_shown
from .standing import assert_linted, assert_started, assert_typed, model_of, planned, write

DEEP = os.environ.get("TERAPIN_TEST_PROFILE") == "deep"
EXAMPLES = 1000 if DEEP else 40
SERVICES = 60 if DEEP else 6
GRAPHQL = ("graphql",)
# Hypothesis makes some of its examples from the one before.
UNLIKE = 8

ANY_ONTOLOGY = settings(
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@settings(ANY_ONTOLOGY, max_examples=EXAMPLES)
@given(ontologies())
def test_any_ontology_is_generated_and_compiles(text: str) -> None:
    model = model_of(text, "service", layers_of(text))
    written = [file for file in planned(model, "service").values() if file.content is None]
    for path, content in render({file.path: file for file in written}).items():
        if path.suffix == ".py":
            compile(content, str(path), "exec")


def layers_of(text: str) -> Collection[str]:
    """With GraphQL, unless two names would be the same there."""
    compilation = compiled_sources({"ontology.ttl": text}, layers=GRAPHQL)
    errors = {each.code for each in compilation.diagnostics if each.severity is Severity.ERROR}
    assert errors <= {"graphql-name"}, compilation.as_text()
    return () if errors else GRAPHQL


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, ServiceModel]:
    """One with GraphQL and one without, by turns."""
    root, services = tmp_path_factory.mktemp("services"), {}
    for number, text in enumerate(unlike_ontologies(SERVICES)):
        layers = layers_of(text) if number % 2 else ()
        project = write(root / f"service_{number}", text, layers)
        services[project] = model_of(text, project.name, layers)
    return services


def unlike_ontologies(count: int) -> list[str]:
    found: list[str] = []

    @settings(ANY_ONTOLOGY, max_examples=count * UNLIKE, phases=[Phase.generate])
    @given(ontologies())
    def collect(text: str) -> None:
        found.append(text)

    collect()
    return found[UNLIKE - 1 :: UNLIKE]


def test_passes_ruff(services: dict[Path, ServiceModel]) -> None:
    assert_linted([*services])


def test_passes_mypy(services: dict[Path, ServiceModel]) -> None:
    assert_typed([*services])


def test_migrates_and_starts(services: dict[Path, ServiceModel]) -> None:
    assert_started([*services])


def test_graphql_shows_what_there_is(services: dict[Path, ServiceModel]) -> None:
    exposed = {path: model for path, model in services.items() if model.graphql}
    assert len(exposed) >= SERVICES // 3
    assert_shown(exposed)
