"""What RFC 6455 says of frames, by the very bytes of a peer: what is understood, what is refused, and with which code."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count

import pytest

from .serving import Lounge, lounge

MOST = 64 * 1024
CONT, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
PROTOCOL_ERROR, UNSUPPORTED, NOT_TEXT, TOO_LARGE = 1002, 1003, 1007, 1009
_rooms = count()


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    final: bool = True,
    reserved: int = 0,
    mask: bytes | None = b"\x01\x80\xff\x37",
    length: bytes | None = None,
) -> bytes:
    """As a client writes it, unless it is told to do otherwise."""
    first = final << 7 | reserved << 4 | opcode
    if length is None:
        size = len(payload)
        if size < 126:
            length = bytes([size])
        elif size < 1 << 16:
            length = b"\x7e" + size.to_bytes(2)
        else:
            length = b"\x7f" + size.to_bytes(8)
    if mask is None:
        return bytes([first]) + length + payload
    masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
    return bytes([first, length[0] | 0x80]) + length[1:] + mask + masked


def fragments(*parts: bytes, between: bytes = b"") -> bytes:
    """A text in as many frames, and what else comes after each but the last."""
    last = len(parts) - 1
    return between.join(
        frame(CONT if at else TEXT, part, final=at == last) for at, part in enumerate(parts)
    )


def close(code: int, reason: bytes = b"") -> bytes:
    return frame(CLOSE, code.to_bytes(2) + reason)


PONGED = frame(PONG, b"ping", mask=None)
HELLO = '"hällo"'.encode()

# What is sent: which data of messages are heard, and the payloads of pongs.
UNDERSTOOD: Mapping[str, tuple[bytes, list[object], list[bytes]]] = {
    "a text": (frame(TEXT, HELLO), ["hällo"], []),
    "no mask to speak of": (frame(TEXT, HELLO, mask=bytes(4)), ["hällo"], []),
    "two at once": (frame(TEXT, b"1") + frame(TEXT, b"2"), [1, 2], []),
    "126 bytes": (frame(TEXT, b'"%b"' % (b"x" * 124)), ["x" * 124], []),
    "as long as it may be": (frame(TEXT, b'"%b"' % (b"x" * (MOST - 2))), ["x" * (MOST - 2)], []),
    "fragments": (fragments(b'"a', b"b", b'c"'), ["abc"], []),
    "empty fragments": (fragments(b"", b"[]", b""), [[]], []),
    "a fragment for each byte": (fragments(*(bytes([each]) for each in HELLO)), ["hällo"], []),
    "a ping between fragments": (
        fragments(b'"a', b"b", b'c"', between=frame(PING, b"ping")),
        ["abc"],
        [b"ping", b"ping"],
    ),
    "pongs that nobody asked for": (
        frame(PONG) + frame(PONG, b"x" * 125) + frame(TEXT, b"1"),
        [1],
        [],
    ),
    "pings": (
        b"".join(frame(PING, bytes([each])) for each in range(10)),
        [],
        [bytes([each]) for each in range(10)],
    ),
    "a ping of all that it can have": (frame(PING, b"\xff" * 125), [], [b"\xff" * 125]),
    "characters of every length": (
        frame(TEXT, '"$¢€𐍈\ufffe\U0010ffff"'.encode()),
        ["$¢€𐍈\ufffe\U0010ffff"],
        [],
    ),
}

# With which code it is closed.
REFUSED: Mapping[str, tuple[bytes, int]] = {
    "bytes": (frame(BINARY, b"\0\xff"), UNSUPPORTED),
    "nothing that is masked": (frame(TEXT, b"1", mask=None), PROTOCOL_ERROR),
    "a ping that is not masked": (frame(PING, mask=None), PROTOCOL_ERROR),
    **{
        f"reserved bits {bits} of opcode {opcode}": (
            frame(opcode, b"1", reserved=bits),
            PROTOCOL_ERROR,
        )
        for bits in range(1, 8)
        for opcode in (TEXT, PING)
    },
    **{
        f"opcode {opcode}": (frame(opcode, b"1"), PROTOCOL_ERROR)
        for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)
    },
    "a continuation of nothing": (frame(CONT, b"1"), PROTOCOL_ERROR),
    "a text within a text": (frame(TEXT, b"1", final=False) + frame(TEXT, b"2"), PROTOCOL_ERROR),
    "bytes within a text": (frame(TEXT, b"1", final=False) + frame(BINARY, b"2"), PROTOCOL_ERROR),
    "a long ping": (frame(PING, b"x" * 126), PROTOCOL_ERROR),
    "a ping in fragments": (frame(PING, final=False), PROTOCOL_ERROR),
    "a close in fragments": (frame(CLOSE, final=False), PROTOCOL_ERROR),
    "a byte too many": (frame(TEXT, b'"%b"' % (b"x" * (MOST - 1))), TOO_LARGE),
    "a byte too many in fragments": (fragments(b'"' + b"x" * MOST, b'"'), TOO_LARGE),
    "that more will come than may": (
        frame(TEXT, length=b"\x7f" + (1 << 40).to_bytes(8)),
        TOO_LARGE,
    ),
    "no UTF-8": (frame(TEXT, b'"\xff"'), NOT_TEXT),
    "a part of a character": (frame(TEXT, b'"\xe2\x82'), NOT_TEXT),
    "a surrogate": (frame(TEXT, b'"\xed\xa0\x80"'), NOT_TEXT),
    "a character spelt too long": (frame(TEXT, b'"\xc0\xaf"'), NOT_TEXT),
    "beyond Unicode": (frame(TEXT, b'"\xf4\x90\x80\x80"'), NOT_TEXT),
    "no UTF-8 in a later fragment": (fragments(b'"\xe2', b"\x82", b'"'), NOT_TEXT),
    "a close of one byte": (frame(CLOSE, b"\x03"), PROTOCOL_ERROR),
    "a close whose reason is no UTF-8": (close(1000, b"\xff"), NOT_TEXT),
    "a long close": (close(1000, b"x" * 124), PROTOCOL_ERROR),
    **{
        f"a close of {code}": (close(code), PROTOCOL_ERROR)
        for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535)
    },
}
# What is closed with is said again.
LEAVING = {
    "by 1000": close(1000),
    "with a reason": close(1000, "bis später".encode()),
    "of an application": close(4999, b"x" * 123),
    "without a word": frame(CLOSE),
}


@dataclass
class Peer:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def frame(self) -> tuple[int, bytes]:
        """With its opcode; whole ones, as a server of rooms writes them."""
        first, length = await self.reader.readexactly(2)
        size = length
        if length > 125:
            size = int.from_bytes(await self.reader.readexactly(2 if length == 126 else 8))
        return first & 0xF, await self.reader.readexactly(size)

    async def heard(self) -> object:
        """The data of the next message."""
        while True:
            opcode, payload = await self.frame()
            assert opcode in (TEXT, PONG), payload
            if opcode == TEXT:
                return json.loads(payload)["data"]


@asynccontextmanager
async def connected(served: Lounge, path: str) -> AsyncIterator[Peer]:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(shaking(path))
    head = await reader.readuntil(b"\r\n\r\n")
    assert b" 101 " in head, head
    assert b"extensions" not in head.lower()
    try:
        yield Peer(reader, writer)
    finally:
        writer.transport.abort()


def shaking(path: str, **others: str | None) -> bytes:
    """A handshake; None leaves a header out. Compression is offered, and is not taken."""
    headers = {
        "Host": "127.0.0.1",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec_WebSocket_Version": "13",
        "Sec_WebSocket_Extensions": "permessage-deflate; client_max_window_bits, x",
        **others,
    }
    lines = (f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items() if value)
    return f"GET {path} HTTP/1.1\r\n{''.join(lines)}\r\n".encode()


SERVED = ["own", "plain"] if os.environ.get("TERAPIN_TEST_PROFILE") == "deep" else ["own"]


@pytest.fixture(scope="module", params=SERVED)
def served(request: pytest.FixtureRequest) -> Iterator[Lounge]:
    with lounge(plain=request.param == "plain", realtime_max_message_bytes=MOST) as process:
        yield process


@pytest.fixture
def room() -> str:
    return f"/ws/frames{next(_rooms)}"


@pytest.mark.parametrize("parts", [1, 1000], ids=["whole", "in parts"])
@pytest.mark.parametrize("name", UNDERSTOOD)
async def test_understands(served: Lounge, room: str, name: str, parts: int) -> None:
    sent, data, pongs = UNDERSTOOD[name]
    size = len(sent) // parts + 1
    async with asyncio.timeout(30), connected(served, room) as peer, connected(served, room) as two:
        for at in range(0, len(sent), size):
            peer.writer.write(sent[at : at + size])
            await peer.writer.drain()
        heard: list[object] = []
        ponged: list[bytes] = []
        while len(heard) < len(data) or len(ponged) < len(pongs):
            opcode, payload = await peer.frame()
            assert opcode in (TEXT, PONG), payload
            if opcode == TEXT:
                heard.append(json.loads(payload)["data"])
            else:
                ponged.append(payload)
        assert (heard, ponged) == (data, pongs)
        assert [await two.heard() for _ in data] == data


@pytest.mark.parametrize("name", REFUSED)
async def test_refuses(served: Lounge, room: str, name: str) -> None:
    """Nothing of it is heard by others, nor of what comes after it."""
    sent, code = REFUSED[name]
    async with asyncio.timeout(30), connected(served, room) as peer, connected(served, room) as two:
        peer.writer.write(sent + frame(TEXT, b'"later"'))
        opcode, payload = await peer.frame()
        assert (opcode, int.from_bytes(payload[:2])) == (CLOSE, code), payload
        two.writer.write(frame(TEXT, b'"on"'))
        assert await two.heard() == "on"


@pytest.mark.parametrize("name", LEAVING)
async def test_leaves(served: Lounge, room: str, name: str) -> None:
    sent = LEAVING[name]
    async with asyncio.timeout(30), connected(served, room) as peer, connected(served, room) as two:
        peer.writer.write(sent + frame(TEXT, b'"later"') + frame(PING, b"later"))
        told = await peer.reader.read()
        assert told == frame(CLOSE, _payload(sent), mask=None)
        two.writer.write(frame(TEXT, b'"on"'))
        assert await two.heard() == "on"


def _payload(masked: bytes) -> bytes:
    mask, payload = masked[2:6], masked[6:]
    return bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


HANDSHAKES: Mapping[str, tuple[dict[str, str | None], set[int]]] = {
    "another version": ({"Sec_WebSocket_Version": "8"}, {400, 426}),
    "no version": ({"Sec_WebSocket_Version": None}, {400, 426}),
    "no key": ({"Sec_WebSocket_Key": None}, {400}),
    "a key that is none": ({"Sec_WebSocket_Key": "x"}, {400}),
    "a key of another length": ({"Sec_WebSocket_Key": "dGhlIHNhbXBsZQ=="}, {400}),
    "no upgrade of the connection": ({"Connection": "keep-alive"}, {400, 404, 405, 426}),
    "another upgrade": ({"Upgrade": "h2c"}, {400, 404, 405, 426}),
}


@pytest.mark.parametrize("name", HANDSHAKES)
async def test_shakes_no_hands(served: Lounge, room: str, name: str) -> None:
    headers, statuses = HANDSHAKES[name]
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(shaking(room, **headers))
    status = await asyncio.wait_for(reader.readuntil(b"\r\n"), 30)
    assert int(status.split()[1]) in statuses, status
    writer.transport.abort()
