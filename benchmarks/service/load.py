"""Callers that keep their connections and ask again as soon as they are answered.

On bare sockets, because a client that takes longer than the server would be what is measured.
"""

from __future__ import annotations

import json
import select
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle, pairwise, repeat
from typing import Any

CALLERS = 32
# One for all: memory of this size would be asked of the system, and given back, with each answer.
_BUFFER = bytearray(1 << 20)
_LENGTH = b"content-length: "
_SUCCESS = ord("2")
_LONGEST = 60.0
# Of the time that is measured.
_WARMING = 0.2


Meter = Callable[[], Sequence[float]]


@dataclass(frozen=True, slots=True)
class Answered:
    """Between two moments in the midst of it; `spent` is how much the meter's readings grew meanwhile."""

    requests: int
    seconds: float
    spent: Sequence[float]


def request(method: str, target: str, body: Any = None, token: str | None = None) -> bytes:
    content = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {target} HTTP/1.1", "Host: service.test", "Accept: */*"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if content:
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join([*lines, "", ""]).encode() + content


def drive(
    port: int,
    requests: Sequence[bytes],
    seconds: float,
    meter: Meter = tuple,
    *,
    callers: int = CALLERS,
) -> Answered:
    """Send the requests in turn, for as long, and until each caller was answered. Any answer but a success ends it."""
    following = cycle(requests)
    with ExitStack() as stack:
        poll = stack.enter_context(select.epoll())
        by_number = {}
        for _ in range(callers):
            caller = _Caller(stack.enter_context(_connected(port)), following)
            by_number[caller.number] = caller
            poll.register(caller.number, select.EPOLLIN)
        for caller in by_number.values():
            caller.ask()
        _turn(poll, by_number, seconds * _WARMING, callers)
        before = meter()
        done, passed = _turn(poll, by_number, seconds, callers)
        spent = [now - then for now, then in zip(meter(), before, strict=True)]
        _drain(poll, by_number)
        return Answered(done, passed, spent)


def latencies(port: int, content: bytes, seconds: float) -> list[float]:
    """Of one caller, who sends the same request again and again."""
    with _connected(port) as connection:
        caller = _Caller(connection, repeat(content))
        taken = [time.perf_counter()]
        while taken[-1] < taken[0] + seconds:
            caller.ask()
            while not caller.is_answered():
                pass
            taken.append(time.perf_counter())
        return [after - before for before, after in pairwise(taken)]


def _turn(
    poll: select.epoll, by_number: Mapping[int, _Caller], seconds: float, least: int
) -> tuple[int, float]:
    """How many were answered, in which time."""
    start = now = time.perf_counter()
    done = 0
    while now < start + seconds or done < least:
        for number, _ in poll.poll(_LONGEST):
            caller = by_number[number]
            if caller.is_answered():
                done += 1
                caller.ask()
        now = time.perf_counter()
    return done, now - start


def _drain(poll: select.epoll, by_number: Mapping[int, _Caller]) -> None:
    waiting = len(by_number)
    while waiting:
        for number, _ in poll.poll(_LONGEST):
            waiting -= by_number[number].is_answered()


class _Caller:
    def __init__(self, connection: socket.socket, requests: Iterator[bytes]) -> None:
        self.number = connection.fileno()
        self._connection = connection
        self._requests = requests
        self._missing = 0

    def ask(self) -> None:
        self._connection.sendall(next(self._requests))

    def is_answered(self) -> bool:
        """Takes what has come."""
        size = self._connection.recv_into(_BUFFER)
        self._missing = self._missing - size if self._missing else _missing(size)
        return not self._missing


def _connected(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=_LONGEST)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _missing(size: int) -> int:
    """How much is still to come of the answer in the buffer; its head is there in one piece."""
    head = _BUFFER.find(b"\r\n\r\n", 0, size)
    length = _BUFFER.find(_LENGTH, 0, max(0, head))
    if _BUFFER[9] != _SUCCESS or length < 0:
        content = bytes(_BUFFER[: min(size, 2000)])
        raise SystemExit(f"this is not an answer that was expected: {content!r}")
    begin = length + len(_LENGTH)
    return int(_BUFFER[begin : _BUFFER.find(b"\r", begin, size)]) + head + 4 - size
