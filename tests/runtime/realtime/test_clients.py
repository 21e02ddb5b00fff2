"""The clients that a project has: they come back to another process, hear what they missed, and know when not to."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import socket as sockets
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from terapin.runtime.clients import realtime
from terapin.runtime.clients.realtime import Room, RoomClosedError

from ..caching.valkey import Valkey, running
from ..security.issuer import SECRET, hs_token
from .asking import heard
from .serving import Lounge, lounge, lounges

NODE = shutil.which("node")
SCRIPT = """
import { Room } from %s;
const [url, token] = process.argv.slice(2);
const room = new Room(url, { token: async () => token });
for (const type of ["connected", "lost"]) room.addEventListener(type, () => console.log(JSON.stringify(type)));
room.addEventListener("message", ({ detail }) => console.log(JSON.stringify(detail)));
room.addEventListener("closed", ({ detail }) => { console.log(JSON.stringify(detail)); process.exit(); });
room.send("of the client");
"""


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    with running(tmp_path) as server:
        yield server


@pytest.fixture
def pair(valkey: Valkey) -> Iterator[list[Lounge]]:
    with lounges(2, redis_url=valkey.url, security_secret=SECRET) as processes:
        yield processes


@asynccontextmanager
async def balanced(processes: list[Lounge]) -> AsyncIterator[int]:
    """A port that leads to the first process that is there."""

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for process in processes:
            with suppress(OSError):
                there, here = await asyncio.open_connection("127.0.0.1", process.port)
                await asyncio.gather(_pump(reader, here), _pump(there, writer))
                return
        writer.close()

    server = await asyncio.start_server(forward, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


async def _token() -> str:
    return hs_token(roles=["editor"]).decode()


async def test_python_comes_back(pair: list[Lounge]) -> None:
    said: list[object] = []
    async with balanced(pair) as port, connect(pair[1].url("/club/hall")) as other:
        await other.send(json.dumps({"authenticate": await _token()}))
        async with Room(f"ws://127.0.0.1:{port}/club/hall", _token) as room:
            await room.send("of the client")
            assert (await heard(other))["data"] == "of the client"
            async with asyncio.timeout(60):
                async for message in room:
                    assert message.type == "message"
                    said.append(message.data)
                    if message.data == "of the client":
                        pair[0].process.kill()
                        await other.send("1")
                    elif message.data == 1:
                        await other.send("2")
                    else:
                        break
    assert said == ["of the client", 1, 2]


async def test_all_of_a_process_that_ends_come_back(valkey: Valkey) -> None:
    """To the one that takes its place, and hear what was said meanwhile."""
    number = 100
    with (
        sockets.create_server(("127.0.0.1", 0), backlog=2048) as listening,
        lounge(listening=listening, redis_url=valkey.url, realtime_close_spread=1) as old,
    ):
        urls = [old.url(f"/chat/back/{each % 5}") for each in range(number)]
        async with AsyncExitStack() as stack, asyncio.timeout(60):
            rooms = [await stack.enter_async_context(Room(url)) for url in urls]
            hearing = [aiter(room) for room in rooms]
            for room in rooms[:5]:
                await room.say("say", {"text": "before"})
            assert {(await anext(each)).data["text"] for each in hearing} == {"before"}
            with lounge(listening=listening, redis_url=valkey.url):
                old.process.send_signal(signal.SIGTERM)
                start = time.monotonic()
                assert await asyncio.to_thread(old.process.wait, 30) in (0, -signal.SIGTERM)
                assert time.monotonic() - start < 10
                for room in rooms[:5]:
                    await room.say("say", {"text": "after"})
                assert {(await anext(each)).data["text"] for each in hearing} == {"after"}
                assert time.monotonic() - start < 15


async def test_python_knows_when_not_to(pair: list[Lounge]) -> None:
    async with Room(pair[0].url("/club/bob"), _token) as room:
        with pytest.raises(RoomClosedError, match="4403 forbidden"):
            await asyncio.wait_for(anext(aiter(room)), 30)


@pytest.mark.skipif(NODE is None, reason="there is no node")
async def test_javascript_comes_back_and_knows_when_not_to(
    pair: list[Lounge], tmp_path: Path
) -> None:
    module = Path(realtime.__file__).with_suffix(".js")
    script = tmp_path / "client.mjs"
    (tmp_path / "realtime.mjs").write_bytes(module.read_bytes())
    script.write_text(SCRIPT % '"./realtime.mjs"')

    async def client(url: str) -> asyncio.subprocess.Process:
        assert NODE
        return await asyncio.create_subprocess_exec(
            *(NODE, "--experimental-websocket", str(script), url, await _token()),
            stdout=asyncio.subprocess.PIPE,
        )

    async def line(process: asyncio.subprocess.Process) -> Any:
        assert process.stdout
        return json.loads(await asyncio.wait_for(process.stdout.readline(), 60))

    async with balanced(pair) as port, connect(pair[1].url("/club/hall")) as other:
        await other.send(json.dumps({"authenticate": await _token()}))
        process = await client(f"ws://127.0.0.1:{port}/club/hall")
        assert await line(process) == "connected"
        told = await line(process)
        assert (told["type"], told["data"]) == ("message", "of the client")
        pair[0].process.kill()
        for number in (1, 2):
            await other.send(str(number))
        assert await line(process) == "lost"
        while (told := await line(process)) == "lost":
            pass
        assert told == "connected"
        for number in (1, 2):
            told = await line(process)
            assert (told["type"], told["data"]) == ("message", number)
        process.kill()
        await process.wait()
    process = await client(pair[1].url("/club/bob"))
    assert (await line(process))["code"] == 4403
    await process.wait()
