"""WebSockets of a user's own: a bad token is refused before anything is accepted."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from ..blog.settings import Settings
from . import corpus
from .guarded import GuardedSettings, guarded_blog, security, with_table
from .issuer import hs_token

# Of a header, for the library that uvicorn has for WebSockets.
_LONGEST_LINE = 8_000


@pytest.fixture
def socket(settings: Settings) -> Iterator[str]:
    with asyncio.Runner() as runner:
        runner.run(with_table(settings))
    app = guarded_blog(GuardedSettings(**{**settings.model_dump(), "security": security()}))
    running = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False))
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        thread.join(0.05)
    port = running.servers[0].sockets[0].getsockname()[1]
    yield f"ws://127.0.0.1:{port}/echo"
    running.should_exit = True
    thread.join()


def test_knows_the_subject(socket: str) -> None:
    with connect(socket) as client:
        assert json.loads(client.recv()) == {"id": None}
    token = hs_token().decode()
    with connect(socket, additional_headers={"Authorization": f"Bearer {token}"}) as client:
        assert json.loads(client.recv()) == {"id": "alice"}


def test_no_bad_token_is_taken(socket: str) -> None:
    sent = 0
    for name, value in corpus.of_secret().items():
        if not value.isascii() or len(value) > _LONGEST_LINE:
            continue
        with pytest.raises(InvalidStatus) as refused:
            connect(socket, additional_headers={"Authorization": value.decode()})
        assert refused.value.response.status_code == 401, name
        assert refused.value.response.headers["WWW-Authenticate"].startswith("Bearer error="), name
        sent += 1
    assert sent > 150
