"""Whatever is sent to a service, the answer is what its documents say, and never a 5xx."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.contract import EXAMPLES, assert_keeps_contract
from tests.graphql_contract import assert_nothing_breaks

from .conftest import Generated, generated
from .test_service import get, running

DEEP = os.environ.get("TERAPIN_TEST_PROFILE") == "deep"


def test_keeps_its_contract(blog: Generated, tmp_path: Path) -> None:
    """In the name of an editor, who may do everything: nothing that is valid is refused."""
    editor = ("tokens", "issue", "--subject", "editor", "--role", "editor")
    # What follows says whose secret it is.
    token = blog.python("-m", blog.name, *editor).splitlines()[0]
    with running(blog) as service:
        document = get(service.port, "/openapi.json")[1]
        paths = document["paths"]
        # Answers 501 until its handler is written.
        del paths["/posts/{post_id}/publish"]
        # Nobody guesses a password: accounts have a test of their own.
        for path in [each for each in paths if each.startswith("/auth/")]:
            del paths[path]
        url = f"http://127.0.0.1:{service.port}"
        assert_keeps_contract(_unsecured(document), url, tmp_path, token=token)


def _unsecured(document: Any) -> Any:
    """What it says of tokens is left out: the one that is given goes with every request."""
    if isinstance(document, list):
        return [_unsecured(each) for each in document]
    if isinstance(document, dict):
        left_out = ("security", "securitySchemes")
        return {name: _unsecured(each) for name, each in document.items() if name not in left_out}
    return document


@pytest.mark.skipif(not DEEP, reason="the blog of the runtime's tests is asked in every profile")
@pytest.mark.parametrize("name", ["blog", "hostile", "types"])
def test_graphql_does_not_break(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    with running(generated(name, tmp_path_factory)) as service:
        assert_nothing_breaks(f"http://127.0.0.1:{service.port}", 5 * EXAMPLES)
