"""What the figures of `benchmarks.http` rest on: callers who count right, and answers that are told apart."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import StreamRequestHandler, ThreadingTCPServer

import pytest
from benchmarks.service.load import drive, latencies, request
from benchmarks.service.requests import comparable, differences

BODY = b"x" * 300_000


@contextmanager
def answering(status: bytes, served: list[bytes]) -> Iterator[int]:
    """A server that sends its answers in pieces."""

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            with suppress(ConnectionError):
                while line := self.rfile.readline():
                    served.append(line)
                    while self.rfile.readline().strip():
                        pass
                    self.wfile.write(
                        b"HTTP/1.1 %b\r\ncontent-length: %d\r\n\r\n" % (status, len(BODY))
                    )
                    for begin in range(0, len(BODY), 100_000):
                        self.wfile.write(BODY[begin : begin + 100_000])

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def test_callers_count_whole_answers_and_take_the_requests_in_turn() -> None:
    served: list[bytes] = []
    asked = [request("GET", "/one"), request("GET", "/other")]
    with answering(b"200 OK", served) as port:
        done = drive(port, asked, 0.1, lambda: (len(served),), callers=4)
    # Those that were under way when it began and when it ended are of the one side or the other.
    assert abs(done.spent[0] - done.requests) <= 4
    assert done.requests >= 4
    assert {each.split()[1] for each in served} == {b"/one", b"/other"}
    assert done.seconds >= 0.1


def test_one_caller_times_each_answer() -> None:
    served: list[bytes] = []
    with answering(b"200 OK", served) as port:
        taken = latencies(port, request("GET", "/"), 0.1)
    assert len(taken) == len(served)
    assert sum(taken) >= 0.1


def test_an_answer_that_is_no_success_ends_it() -> None:
    with answering(b"503 Service Unavailable", []) as port, pytest.raises(SystemExit, match="503"):
        drive(port, [request("GET", "/")], 0.1, callers=1)


def test_moments_are_compared_and_cursors_are_not() -> None:
    one = {"items": [{"created_at": "2024-01-01T00:00:00Z", "n": 1}], "next_cursor": "a"}
    other = {"items": [{"created_at": "2024-01-01T00:00:00+00:00", "n": 1}], "next_cursor": "b"}
    assert not list(differences(comparable(one), comparable(other)))
    last = {**other, "next_cursor": None}
    assert list(differences(comparable(one), comparable(last))) == [
        "/next_cursor: 'a cursor' and None"
    ]
    other["items"][0]["n"] = 2  # type: ignore[index]
    assert list(differences(comparable(one), comparable(other))) == ["/items/0/n: 1 and 2"]
