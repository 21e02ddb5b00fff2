"""Whatever is sent to a service, the answer is what its documents say, and never a 5xx."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.contract import EXAMPLES, assert_keeps_contract
from tests.graphql_contract import assert_nothing_breaks

from .conftest import Generated, generated
from .test_service import get, running

DEEP = os.environ.get("TERAPIN_TEST_PROFILE") == "deep"


def test_keeps_its_contract(blog: Generated, tmp_path: Path) -> None:
    with running(blog) as service:
        document = get(service.port, "/openapi.json")[1]
        # Answers 501 until its handler is written.
        del document["paths"]["/posts/{post_id}/publish"]
        assert_keeps_contract(document, f"http://127.0.0.1:{service.port}", tmp_path)


@pytest.mark.skipif(not DEEP, reason="the blog of the runtime's tests is asked in every profile")
@pytest.mark.parametrize("name", ["blog", "hostile", "types"])
def test_graphql_does_not_break(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    with running(generated(name, tmp_path_factory)) as service:
        assert_nothing_breaks(f"http://127.0.0.1:{service.port}", 5 * EXAMPLES)
