"""Schemathesis reads the OpenAPI document of the blog and finds nothing that contradicts it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from .blog.main import create_app
from .blog.settings import Settings
from .harness import database

EXAMPLES = 200 if os.environ.get("TERAPIN_TEST_PROFILE") == "deep" else 5

# 400 answers a cursor or an ETag that no page or row gave, 412 an ETag of another version: valid by the
# document, and not to be had by chance.
# NUL cannot be stored, which the schema of any JSON cannot say.
CONFIG = """
[generation]
allow-x00 = false
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", 400, 404, 409, 412]
[checks.negative_data_rejection]
expected-statuses = [400, 404, 405, 409, 412, 413, 415, 422]
# There are fewer phone numbers than their pattern lets through.
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
    document = examined(create_app(Settings()).openapi())
    schema, config = tmp_path / "openapi.json", tmp_path / "schemathesis.toml"
    schema.write_text(json.dumps(document))
    config.write_text(CONFIG)
    program = Path(sys.executable).with_name("schemathesis")
    command = f"{program} --config-file {config} run {schema} --url {url} --no-color --warnings off"
    run = subprocess.run(
        [*command.split(), f"--max-examples={EXAMPLES}", "--seed=1"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout


def examined(document: Any) -> Any:
    """Without `Idempotency-Key`: a key that was used belongs to one body, and examples use it for another."""
    if isinstance(document, list):
        return [examined(each) for each in document if not is_idempotency_key(each)]
    if isinstance(document, dict):
        return {name: examined(each) for name, each in document.items()}
    return document


def is_idempotency_key(parameter: Any) -> bool:
    return bool(parameter == {"$ref": "#/components/parameters/idempotency-key"})
