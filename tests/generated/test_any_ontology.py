"""Whatever the vocabulary can say becomes a service that stands: it compiles, type-checks, migrates and starts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from terapin.project.render import render
from tests.any_ontology import ontologies

from .standing import assert_linted, assert_started, assert_typed, planned, write

DEEP = os.environ.get("TERAPIN_TEST_PROFILE") == "deep"
EXAMPLES = 1000 if DEEP else 60
SERVICES = 60 if DEEP else 12
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
    written = [file for file in planned(text, "service").values() if file.content is None]
    for path, content in render({file.path: file for file in written}).items():
        if path.suffix == ".py":
            compile(content, str(path), "exec")


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    root = tmp_path_factory.mktemp("services")
    texts = unlike_ontologies(SERVICES)
    return [write(root / f"service_{number}", text) for number, text in enumerate(texts)]


def unlike_ontologies(count: int) -> list[str]:
    found: list[str] = []

    @settings(ANY_ONTOLOGY, max_examples=count * UNLIKE, phases=[Phase.generate])
    @given(ontologies())
    def collect(text: str) -> None:
        found.append(text)

    collect()
    return found[UNLIKE - 1 :: UNLIKE]


def test_passes_ruff(services: list[Path]) -> None:
    assert_linted(services)


def test_passes_mypy(services: list[Path]) -> None:
    assert_typed(services)


def test_migrates_and_starts(services: list[Path]) -> None:
    assert_started(services)
