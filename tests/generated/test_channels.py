"""Services with channels stand, and pass their own tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from .standing import assert_linted, assert_started, assert_typed, run, write

CASES = Path(__file__).parents[1] / "cases" / "code"
# One of nothing but a room.
BARE = "@prefix ws: <http://api.example.org/websocket#> . <urn:example:Room> a ws:Channel ."


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    root = tmp_path_factory.mktemp("services")
    ontology = (CASES / "channels" / "ontology.ttl").read_text("utf-8")
    return [write(root / "club_service", ontology), write(root / "bare_service", BARE)]


def test_pass_ruff(services: list[Path]) -> None:
    assert_linted(services)


def test_pass_mypy(services: list[Path]) -> None:
    assert_typed(services)


def test_migrate_and_start(services: list[Path]) -> None:
    assert_started(services)


def test_pass_their_own_tests(services: list[Path]) -> None:
    for project in services:
        run(project, sys.executable, "-m", "pytest", "-q", "-x")
