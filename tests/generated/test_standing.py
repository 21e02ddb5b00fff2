"""Services of each kind stand: linted, typed, started together, and each passing its own tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.contract import DEEP

from .standing import assert_linted, assert_passes, assert_started, assert_typed, write, write_case

# One of nothing but a room.
ROOM = "@prefix ws: <http://api.example.org/websocket#> . <urn:example:Room> a ws:Channel ."
STANDING = (
    # Has tokens by a secret.
    "accounts",
    "across_sources",
    "cached_entity",
    "channels",
    "everything_on_mongodb",
    "memory_cache",
    "on_mongodb",
    "permissions",
    "permissions_on_mongodb",
    "permissions_without_tokens",
    "room",
    "several_sources",
    "sources_of_the_guide",
    "streams",
    "tasks",
    "tokens_by_keys",
    *(["tasks_of_the_guide"] if DEEP else []),
)
# Whose own tests ask for nothing that those of another one do not.
ALIKE = {"on_mongodb", "tokens_by_keys"}

Service = Callable[[str], Path]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    """Written when it is first asked for."""
    root = tmp_path_factory.mktemp("services")

    @cache
    def written(case: str) -> Path:
        return write(root / "room_service", ROOM) if case == "room" else write_case(root, case)

    return written


def test_pass_ruff(service: Service) -> None:
    assert_linted([*map(service, STANDING)])


def test_pass_mypy(service: Service) -> None:
    assert_typed([*map(service, STANDING)])


def test_migrate_and_start(service: Service) -> None:
    assert_started([*map(service, STANDING)])


@pytest.mark.parametrize("case", [each for each in STANDING if DEEP or each not in ALIKE])
def test_passes_its_own_tests(service: Service, case: str) -> None:
    assert_passes(service(case))
