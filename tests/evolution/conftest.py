from __future__ import annotations

from collections.abc import Iterator

import pytest

from terapin.runtime.core.embedded import development_postgres

from .harness import execute


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The URLs of two: making one takes longer than emptying it."""
    directory = tmp_path_factory.mktemp("postgres")
    with development_postgres(directory, durable=False) as server:
        execute(server, "CREATE DATABASE fresh")
        yield server, f"{server.rpartition('/')[0]}/fresh"


@pytest.fixture
def empty(databases: tuple[str, str]) -> tuple[str, str]:
    for url in databases:
        execute(url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    return databases
