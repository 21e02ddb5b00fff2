from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from ..blog.settings import Settings
from ..harness import Api
from .blog import serving_kept
from .valkey import Valkey, running


@pytest.fixture(scope="session")
def shared_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    with running(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """To be ill-treated."""
    with running(tmp_path) as server:
        yield server


@pytest.fixture
def namespace() -> str:
    return uuid4().hex


@pytest.fixture(params=["redis", "redis and memory", "memory"])
async def kept(
    request: pytest.FixtureRequest, settings: Settings, shared_valkey: Valkey
) -> AsyncIterator[Api]:
    """The blog with a cache."""
    store = None if request.param == "memory" else shared_valkey
    local_ttl = 60 if "memory" in request.param else 0
    async with serving_kept(settings, store, local_ttl=local_ttl, negative_ttl=60) as api:
        yield api
