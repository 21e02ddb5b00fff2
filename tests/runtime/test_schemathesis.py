"""Schemathesis reads the OpenAPI document of the blog and finds nothing that contradicts it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from tests.contract import assert_keeps_contract

from .blog.main import create_app
from .blog.settings import Settings
from .harness import database

# There are fewer phone numbers than their pattern lets through.
CONTACTS = """
[[operations]]
include-tag = "contacts"
checks.positive_data_acceptance.enabled = false
"""


@pytest.fixture
def url(server: Settings, migrated: Settings) -> Iterator[str]:
    with asyncio.Runner() as runner:
        context = database(server, migrated)
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
    assert_keeps_contract(create_app(Settings()).openapi(), url, tmp_path, CONTACTS)
