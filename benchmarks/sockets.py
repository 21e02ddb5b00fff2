"""What is said in a room of 1,000 sockets: how fast all of them hear it, what three that do not read cost the others, and
how soon all are back when the process ends.

Beside a loop of `send_json`, as one writes it by hand, the rooms of core are served by uvicorn as it is (public ASGI),
and by the protocol that a service tells it to take. All are one process on a core of its own, in turns, without
compression, and without Redis. Those that come back are our clients in Python, with the settings that a service has, to a
process that was started beside the first, on the same port and with the same Redis.

    python -m benchmarks.sockets [--sockets N] [--seconds S] [--rounds N] [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import signal
import socket
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import uvloop
from tests.runtime.realtime.serving import Lounge, lounge

from benchmarks.service.processes import Cores, Server, uvicorn
from terapin.runtime.clients.realtime import Room
from terapin.runtime.core.embedded import development_server

SOCKETS = 1000
A_SECOND = 5
MESSAGES = 100
STALLED = 3
TEXT = "It was said in a room, and heard by everybody. " * 4
# So that the system does not take in all of it.
LONG = TEXT * 20
LONGEST = 60.0

PROTOCOL = "terapin.runtime.core.realtime.protocol:RealtimeProtocol"
_LOUNGE = "tests.runtime.realtime.lounge:create_app"
SIDES = {
    "send_json": ("benchmarks.service.broadcast:create_app", "websockets-sansio"),
    "public ASGI": (_LOUNGE, "websockets-sansio"),
    "own protocol": (_LOUNGE, PROTOCOL),
}
_MARK = b'"type"'


@dataclass(frozen=True, slots=True)
class Heard:
    """In milliseconds, of all messages and all sockets; `lost` and `disordered` are counts."""

    p50: float
    p99: float
    lost: int
    disordered: int


@dataclass(frozen=True, slots=True)
class FanOut:
    """Messages given to sockets each second, and microseconds of the server's processor for each."""

    a_second: float
    processor: float


@dataclass(frozen=True, slots=True)
class Stalled:
    """`slower` is the part of the throughput that was lost, `memory` is MiB for each that does not read."""

    slower: float
    memory: float
    closed: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Back:
    """Seconds after SIGTERM: when the last socket was closed, and when 99 % and all were in their room again."""

    closed: float
    most_back: float
    all_back: float
    codes: Mapping[int, int]
    missed: int


class Peer(asyncio.Protocol):
    """A client that counts what it hears, and can keep it."""

    def __init__(self, room: str) -> None:
        self.count = 0
        self.chunks: list[tuple[float, bytes]] | None = None
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: Any = None
        self._room = room
        self._tail = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.transport.write(handshake(self._room))

    def data_received(self, data: bytes) -> None:
        if not self.opened.done():
            head, _, data = data.partition(b"\r\n\r\n")
            assert b" 101 " in head, head
            self.opened.set_result(None)
        if self.chunks is not None:
            self.chunks.append((time.perf_counter(), data))
        text = self._tail + data
        self.count += text.count(_MARK)
        self._tail = text[-len(_MARK) + 1 :]

    def say(self, data: Any) -> None:
        self.transport.write(frame(json.dumps(data).encode()))


def handshake(room: str) -> bytes:
    return (
        f"GET /ws/{room} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


def frame(text: bytes) -> bytes:
    """With a mask that changes nothing."""
    length = (
        bytes([0x80 | len(text)]) if len(text) < 126 else b"\xfe" + len(text).to_bytes(2, "big")
    )
    return b"\x81" + length + b"\0\0\0\0" + text


def messages(chunks: list[tuple[float, bytes]]) -> Iterator[tuple[float, Any]]:
    """Each with the moment at which its last byte came."""
    data = b""
    for moment, chunk in chunks:
        data += chunk
        while len(data) >= 4:
            length, start = data[1] & 0x7F, 2
            if length == 126:
                length, start = int.from_bytes(data[2:4], "big"), 4
            if len(data) < start + length:
                break
            if data[0] & 0xF == 1:
                yield moment, json.loads(data[start : start + length])
            data = data[start + length :]


async def peers(port: int, room: str, number: int) -> list[Peer]:
    loop = asyncio.get_running_loop()
    found = []
    for _ in range(number):
        _, peer = await loop.create_connection(lambda: Peer(room), "127.0.0.1", port)
        await asyncio.wait_for(peer.opened, LONGEST)
        found.append(peer)
    return found


async def until_heard(those: list[Peer], number: int) -> None:
    async with asyncio.timeout(LONGEST):
        for peer in those:
            while peer.count < number:  # noqa: ASYNC110 a peer is too busy to tell
                await asyncio.sleep(0.002)


def leave(those: list[Peer]) -> None:
    for peer in those:
        peer.transport.abort()


async def heard(port: int, number: int, seconds: float) -> Heard:
    those = await peers(port, "heard", number)
    for peer in those:
        peer.chunks = []
    said = round(seconds * A_SECOND)
    for each in range(said):
        those[each % number].say([each, time.perf_counter()])
        await asyncio.sleep(1 / A_SECOND)
    await asyncio.sleep(1)
    leave(those)
    waits, lost, disordered = [], 0, 0
    for peer in those:
        order = []
        for moment, message in messages(peer.chunks or []):
            place, asked = message["data"]
            order.append(place)
            waits.append((moment - asked) * 1000)
        lost += said - len(set(order))
        disordered += order != sorted(order)
    return Heard(statistics.median(waits), statistics.quantiles(waits, n=100)[98], lost, disordered)


async def fan_out(server: Server, room: str, number: int) -> FanOut:
    those = await peers(server.port, room, number)
    await asyncio.sleep(0.5)
    figures = await _said(server, those)
    leave(those)
    await asyncio.sleep(0.5)
    return figures


async def _said(server: Server, those: list[Peer], text: str = TEXT) -> FanOut:
    before = those[0].count
    spent, start = server.seconds(), time.perf_counter()
    for _ in range(MESSAGES):
        those[0].say(text)
    await until_heard(those, before + MESSAGES)
    taken = time.perf_counter() - start
    deliveries = MESSAGES * len(those)
    return FanOut(deliveries / taken, (server.seconds() - spent) / deliveries * 1e6)


async def stalled(server: Server, number: int) -> Stalled:
    """The same room with and without them; what they do not read is more than the system keeps for them."""
    those = await peers(server.port, "stalled", number)
    speed = statistics.median([(await _said(server, those, LONG)).a_second for _ in range(3)])
    before = memory(server)
    deaf = [await asyncio.to_thread(deaf_peer, server.port, "stalled") for _ in range(STALLED)]
    start = time.perf_counter()
    speeds, most, closed = [], before, 0
    while time.perf_counter() - start < 10 and closed < STALLED:
        speeds.append((await _said(server, those, LONG)).a_second)
        most = max(most, memory(server))
        closed = await asyncio.to_thread(_closed, server)
    seconds = time.perf_counter() - start
    for each in deaf:
        each.close()
    leave(those)
    used = (most - before) / STALLED / 2**20
    return Stalled(1 - statistics.median(speeds) / speed, used, closed, seconds)


def deaf_peer(port: int, room: str) -> socket.socket:
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    peer.connect(("127.0.0.1", port))
    peer.sendall(handshake(room))
    peer.recv(200)
    return peer


class Visitor(Room):
    """Notes when it is in, and when and why it is not any more."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.entered: list[float] = []
        self.left: list[tuple[float, int]] = []

    async def _stay(self) -> tuple[bool, int, str]:
        told = await super()._stay()
        if told[0]:
            self.left.append((time.perf_counter(), told[1]))
        return told

    async def _hear(self, connection: Any, content: dict[str, Any]) -> None:
        await super()._hear(connection, content)
        if content["type"] == "subscribed":
            self.entered.append(time.perf_counter())


async def back(number: int, old: Lounge, new: Callable[[], Lounge]) -> Back:
    """Of 20 rooms, in which something is said before, meanwhile and afterwards."""
    visitors = [Visitor(old.url(f"/ws/back{each % 20}")) for each in range(number)]
    async with AsyncExitStack() as stack:
        for visitor in visitors:
            await stack.enter_async_context(visitor)
        await _until(visitors, 1)
        speakers = visitors[:20]
        await _say(speakers, "before")
        await asyncio.to_thread(new)
        start = time.perf_counter()
        old.process.send_signal(signal.SIGTERM)
        await asyncio.sleep(1)
        await _say(speakers, "meanwhile")
        await _until(visitors, 2)
        await _say(speakers, "afterwards")
        missed = sum([await _missed(visitor) for visitor in visitors])
    left = [visitor.left[0] for visitor in visitors]
    entered = sorted(visitor.entered[1] - start for visitor in visitors)
    return Back(
        max(moment for moment, _ in left) - start,
        entered[number * 99 // 100],
        entered[-1],
        Counter(code for _, code in left),
        missed,
    )


async def _until(visitors: list[Visitor], times: int) -> None:
    async with asyncio.timeout(LONGEST):
        while any(len(visitor.entered) < times for visitor in visitors):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def _say(speakers: list[Visitor], what: str) -> None:
    for speaker in speakers:
        await speaker.send(what)


async def _missed(visitor: Visitor) -> int:
    expected = ["before", "meanwhile", "afterwards"]
    try:
        async with asyncio.timeout(LONGEST):
            async for message in visitor:
                assert message.data == expected.pop(0)
                if not expected:
                    break
    except TimeoutError:
        pass
    return len(expected)


def ended(sockets: int, cores: Cores, directory: Path) -> Back:
    """The clients take more of a processor than the service does, and so have theirs."""
    with ExitStack() as stack:
        redis = stack.enter_context(development_server("redis", directory, durable=False))
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=2048))

        def started() -> Lounge:
            one = stack.enter_context(lounge(listening=listening, redis_url=redis))
            os.sched_setaffinity(one.process.pid, cores.server)
            return one

        return uvloop.run(back(sockets, started(), started))


def _closed(server: Server) -> int:
    """For being slow, as the service itself counts them."""
    with socket.create_connection(("127.0.0.1", server.port)) as asking:
        asking.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: asking.recv(65536), b""))
    for line in answer.decode().splitlines():
        if line.startswith('websockets_closed_total{code="slow"}'):
            return int(float(line.split()[-1]))
    return 0


def memory(server: Server) -> int:
    pages = int(Path(f"/proc/{server.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def served(side: str, cores: Cores, directory: Path) -> Iterator[Server]:
    app, protocol = SIDES[side]
    options = ("--ws", protocol, "--ws-per-message-deflate", "false")
    with uvicorn(app, environment(), cores.server, directory / "log", *options) as server:
        yield server


def environment() -> Mapping[str, str]:
    return {
        **os.environ,
        "LOUNGE_LOG_LEVEL": "ERROR",
        "LOUNGE_REALTIME_RATE_PER_SECOND": "10000",
        "LOUNGE_REALTIME_CLOSE_SPREAD": "0",
    }


def measure(sockets: int, seconds: float, rounds: int) -> dict[str, Any]:
    cores = Cores.of_this_machine()
    os.sched_setaffinity(0, cores.others)
    # A socket is a file.
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    samples: dict[str, list[FanOut]] = {side: [] for side in SIDES}
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        for number in range(rounds):
            for side in SIDES:
                with served(side, cores, directory) as server:
                    samples[side].append(uvloop.run(fan_out(server, f"{number}", sockets)))
        with served("own protocol", cores, directory) as server:
            calm = uvloop.run(heard(server.port, sockets, seconds))
            slow = uvloop.run(stalled(server, sockets // 5))
        returned = ended(sockets, cores, directory / "redis")
    return {
        "fan-out": {
            side: asdict(
                FanOut(
                    statistics.median(each.a_second for each in found),
                    statistics.median(each.processor for each in found),
                )
            )
            for side, found in samples.items()
        },
        "heard": asdict(calm),
        "stalled": asdict(slow),
        "back": asdict(returned),
    }


def show(figures: dict[str, Any], sockets: int) -> None:
    loop = figures["fan-out"]["send_json"]
    for side, each in figures["fan-out"].items():
        print(
            f"{side:13} {each['a_second']:10,.0f} a second   {each['a_second'] / loop['a_second']:.2f} x"
            f"   {each['processor']:6.2f} µs of the server   {loop['processor'] / each['processor']:.2f} x"
        )
    calm, slow = figures["heard"], figures["stalled"]
    print(
        f"{sockets} sockets, {A_SECOND} messages a second: p50 {calm['p50']:.1f} ms, p99 {calm['p99']:.1f} ms,"
        f" {calm['lost']} lost, {calm['disordered']} out of order"
    )
    print(
        f"{STALLED} that do not read: {slow['slower']:.0%} slower, {slow['memory']:.2f} MiB each,"
        f" {slow['closed']} closed after {slow['seconds']:.1f} s"
    )
    again = figures["back"]
    print(
        f"after SIGTERM: closed with {', '.join(f'{code} {n}x' for code, n in again['codes'].items())} after"
        f" {again['closed']:.1f} s, 99 % back after {again['most_back']:.1f} s, all after {again['all_back']:.1f} s,"
        f" {again['missed']} messages missed"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=SOCKETS)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    figures = measure(arguments.sockets, arguments.seconds, arguments.rounds)
    show(figures, arguments.sockets)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
