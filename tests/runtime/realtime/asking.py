"""What tests do with a socket."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

Json = dict[str, Any]


async def heard(socket: ClientConnection) -> Json:
    return dict(json.loads(await asyncio.wait_for(socket.recv(), 30)))


async def closed(socket: ClientConnection) -> int:
    """With which code, whatever comes before."""
    async with asyncio.timeout(30):
        with suppress(ConnectionClosed):
            async for _ in socket:
                pass
        await socket.wait_closed()
    assert socket.close_code is not None
    return socket.close_code
