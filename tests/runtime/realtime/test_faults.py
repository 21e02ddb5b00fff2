"""Peers that do not read, do not answer or are too many, and a process that ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket as sockets
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest
from websockets.asyncio.client import connect

from .asking import closed, heard
from .serving import Lounge, lounge

STALLED = 3


@pytest.fixture(params=["own", "plain"])
def served(request: pytest.FixtureRequest) -> Iterator[Lounge]:
    with lounge(
        plain=request.param == "plain", realtime_rate_per_second=10_000, realtime_close_spread=1
    ) as process:
        yield process


def stalled(port: int, path: str) -> sockets.socket:
    """Shakes hands, and reads no more."""
    peer = sockets.socket()
    peer.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    peer.connect(("127.0.0.1", port))
    peer.sendall(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    assert b"101" in peer.recv(300)
    return peer


async def test_who_does_not_read_is_closed_and_harms_nobody(served: Lounge) -> None:
    url = served.url("/ws/stall")
    text = json.dumps("x" * 20_000)
    async with connect(url, max_queue=None) as reader, connect(url, max_queue=None) as speaker:
        peers = [stalled(served.port, "/ws/stall") for _ in range(STALLED)]
        await asyncio.sleep(0.3)
        before = _memory(served)
        start, number = time.monotonic(), 0
        while time.monotonic() < start + 5:
            await speaker.send(text)
            number += 1
            asked = time.monotonic()
            assert (await heard(reader))["offset"] == number
            # Whoever waited for the stalled would wait until they are given up.
            assert time.monotonic() - asked < 3
        assert _memory(served) - before < (STALLED + 1) * 1024 * 1024 + 4 * 1024 * 1024
        received = [await asyncio.to_thread(_rest, peer) for peer in peers]
    for bytes_ in received:
        # The last frame is the one that closes.
        assert b"\x88\x06\x0f\xa8slow" in bytes_[-200:]


async def test_a_process_that_ends_says_so_to_everybody(served: Lounge) -> None:
    number = 200
    async with AsyncExitStack() as stack:
        peers = [await connect(served.url(f"/ws/{each % 7}")) for each in range(number)]
        stack.enter_context(stalled(served.port, "/ws/0"))
        start = time.monotonic()
        served.process.send_signal(signal.SIGTERM)
        codes = await asyncio.gather(*map(closed, peers))
        assert set(codes) == {1012}
        assert time.monotonic() - start < 10
    assert await asyncio.to_thread(served.process.wait, 20) in (0, -signal.SIGTERM)


async def test_a_peer_that_answers_no_ping_is_found() -> None:
    os.environ["LOUNGE_PING"] = "0.5"
    try:
        with lounge() as served:
            async with connect(served.url("/ws/ping")) as witness:
                peer = stalled(served.port, "/ws/ping")
                rest = await asyncio.wait_for(asyncio.to_thread(_rest, peer), 10)
                assert b"keepalive" in rest
                await witness.send("1")
                assert (await heard(witness))["data"] == 1
    finally:
        del os.environ["LOUNGE_PING"]


def _rest(peer: sockets.socket) -> bytes:
    """All that there is, up to its end."""
    peer.settimeout(15)
    parts = []
    try:
        while part := peer.recv(1 << 20):
            parts.append(part)
            if b"\x88\x06\x0f\xa8slow" in part:
                break
    except ConnectionError:
        pass
    peer.close()
    return b"".join(parts[-2:])


def _memory(served: Lounge) -> int:
    with open(f"/proc/{served.process.pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
