from __future__ import annotations

from collections.abc import Iterator

import pytest

from terapin.runtime.core.embedded import development_postgres


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL."""
    with development_postgres(tmp_path_factory.mktemp("postgres"), durable=False) as url:
        yield url
