"""Schemathesis reads the OpenAPI document of the club and finds nothing that contradicts it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from tests.contract import assert_keeps_contract

from .club.main import create_app
from .club.settings import Settings
from .harness import prepared, settings_for

EXAMINED = ("/labels", "/samples")
# There are fewer phone numbers than their pattern lets through, JSON has integers that BSON has not, and not
# every text can be a key in a path.
UNSAYABLE = """
[[operations]]
include-tag = "samples"
checks.positive_data_acceptance.enabled = false
[[operations]]
include-tag = "labels"
checks.positive_data_acceptance.enabled = false
"""


@pytest.fixture
def url(postgresql: str, mongodb: str) -> Iterator[str]:
    with asyncio.Runner() as runner:
        context = prepared(settings_for(postgresql, mongodb))
        settings = runner.run(context.__aenter__())
        config = uvicorn.Config(create_app(settings), port=0, log_config=None, access_log=False)
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run)
        thread.start()
        while not running.started:
            runner.run(asyncio.sleep(0.05))
        port = running.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
        running.should_exit = True
        thread.join()
        runner.run(context.__aexit__(None, None, None))


def test_nothing_contradicts_the_document(url: str, tmp_path: Path) -> None:
    document = create_app(Settings()).openapi()
    paths = {path: each for path, each in document["paths"].items() if path.startswith(EXAMINED)}
    assert_keeps_contract({**document, "paths": paths}, url, tmp_path, UNSAYABLE)
