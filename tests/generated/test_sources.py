"""Services with several sources, caches, documents and tasks, or without a database, stand and pass their own tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from .standing import assert_linted, assert_started, assert_typed, run, write

CASES = Path(__file__).parents[1] / "cases" / "code"
WITH_SOURCES = (
    "across_sources",
    "cached_entity",
    "everything_on_mongodb",
    "memory_cache",
    "on_mongodb",
    "several_sources",
    "sources_of_the_guide",
    "tasks",
)


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("services")
    return {
        case: write(root / f"{case}_service", (CASES / case / "ontology.ttl").read_text("utf-8"))
        for case in WITH_SOURCES
    }


def test_pass_ruff(services: dict[str, Path]) -> None:
    assert_linted([*services.values()])


def test_pass_mypy(services: dict[str, Path]) -> None:
    assert_typed([*services.values()])


def test_migrate_and_start(services: dict[str, Path]) -> None:
    assert_started([*services.values()])


@pytest.mark.parametrize("case", WITH_SOURCES)
def test_passes_its_own_tests(services: dict[str, Path], case: str) -> None:
    run(services[case], sys.executable, "-m", "pytest", "-q", "-x")
