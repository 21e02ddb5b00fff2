"""The Autobahn test suite asks our protocol for WebSockets, where there is its `wstest`, which needs Python 2.7."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from .serving import PROTOCOL

WSTEST = os.environ.get("WSTEST") or shutil.which("wstest")
# All but what it measures (9), and compression (12, 13), of which rooms have none.
CASES = ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*"]
PASSED = {"OK", "INFORMATIONAL", "NON-STRICT"}
# `websockets` takes a close between the fragments of a message for an error (1002), not for the end of it (1000).
KNOWN = {"7.1.5": "WRONG CODE"}


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    while (event := await receive())["type"] == "websocket.receive":
        said = {name: event[name] for name in ("text", "bytes") if event.get(name) is not None}
        await send({"type": "websocket.send", **said})


@pytest.fixture
def url() -> Iterator[str]:
    config = uvicorn.Config(
        echo,
        port=0,
        lifespan="off",
        log_config=None,
        access_log=False,
        ws=PROTOCOL,
        ws_per_message_deflate=False,
    )
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        thread.join(0.05)
    yield f"ws://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    thread.join()


@pytest.mark.skipif(WSTEST is None, reason="there is no wstest")
async def test_autobahn(url: str, tmp_path: Path) -> None:
    assert WSTEST
    specification = tmp_path / "wstest.json"
    servers = [{"agent": "own", "url": url}]
    specification.write_text(json.dumps({"outdir": "out", "servers": servers, "cases": CASES}))
    command = (WSTEST, "-m", "fuzzingclient", "-s", str(specification))
    process = await asyncio.create_subprocess_exec(
        *command, cwd=tmp_path, stdout=asyncio.subprocess.DEVNULL
    )
    assert await asyncio.wait_for(process.wait(), 300) == 0
    found = json.loads((tmp_path / "out" / "index.json").read_text())["own"]
    assert len(found) == 247
    assert {case for case, each in found.items() if each["behavior"] not in PASSED} == KNOWN.keys()
    closed = {
        case: each["behaviorClose"]
        for case, each in found.items()
        if each["behaviorClose"] not in PASSED
    }
    assert closed == KNOWN
