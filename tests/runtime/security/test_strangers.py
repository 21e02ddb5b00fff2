"""Where nobody has a token, whoever asks is a stranger, and what the service does for itself is not asked by anybody."""

from __future__ import annotations

import asyncio
from contextvars import copy_context
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from terapin.runtime.core.security.strangers import Strangers
from terapin.runtime.core.security.subject import ANONYMOUS, SUBJECT, current


@pytest.mark.parametrize(
    ("kind", "expected"), [("http", ANONYMOUS), ("websocket", ANONYMOUS), ("lifespan", None)]
)
def test_who_asks(kind: str, expected: object) -> None:
    found: list[Any] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        found.extend((current.get(None), scope.get(SUBJECT)))
        raise RuntimeError

    async def called() -> None:
        with pytest.raises(RuntimeError):
            await Strangers().around(app)({"type": kind}, receive, send)
        found.append(current.get(None))

    copy_context().run(asyncio.run, called())
    assert found == [expected, expected, None]


async def receive() -> Any:
    raise AssertionError


async def send(_: Any) -> None:
    raise AssertionError
