"""Lines of the log: none is lost, none is mixed with another, and nobody waits for ever for who does not read them."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import TextIO

import orjson
import pytest

from terapin.runtime.core import logs
from terapin.runtime.core.logs import JsonFormatter, Lines, access, log_request


class Pipe:
    def __init__(self) -> None:
        self.reading, writing = os.pipe()
        os.set_blocking(self.reading, False)
        self.writing: TextIO = os.fdopen(writing, "w")

    def read(self) -> list[str]:
        """What is in it, of which the last line is whole too."""
        read = b""
        try:
            while chunk := os.read(self.reading, 65536):
                read += chunk
        except BlockingIOError:
            pass
        assert not read or read.endswith(b"\n")
        return read.decode().splitlines()

    def close(self) -> None:
        self.writing.close()
        os.close(self.reading)


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipe]:
    """In place of stderr, and all that is logged goes into it, as its message alone."""
    pipe = Pipe()
    monkeypatch.setattr(sys, "stderr", pipe.writing)
    handler = Lines()
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [handler])
    monkeypatch.setattr(root, "level", logging.INFO)
    access.manager._clear_cache()  # type: ignore[attr-defined]
    yield pipe
    handler.close()
    pipe.close()
    access.manager._clear_cache()  # type: ignore[attr-defined]


async def test_requests_of_a_turn_are_written_at_its_end(pipe: Pipe) -> None:
    for number in range(3):
        log_request("GET", f"/{number}", 200, 0.001)
    assert pipe.read() == []
    await asyncio.sleep(0)
    assert pipe.read() == [f"GET /{number} 200 1.0 ms" for number in range(3)]


async def test_those_that_follow_at_once_are_written_together_soon(pipe: Pipe) -> None:
    log_request("GET", "/first", 200, 0.001)
    await asyncio.sleep(0)
    assert len(pipe.read()) == 1
    for number in range(3):
        log_request("GET", f"/{number}", 200, 0.001)
        await asyncio.sleep(0)
    assert pipe.read() == []
    await asyncio.sleep(0.1)
    assert pipe.read() == [f"GET /{number} 200 1.0 ms" for number in range(3)]


async def test_any_other_line_is_written_at_once_after_those_before_it(pipe: Pipe) -> None:
    log_request("GET", "/", 200, 0.001)
    logging.getLogger("mine").info("about to fall over")
    assert pipe.read() == ["GET / 200 1.0 ms", "about to fall over"]
    await asyncio.sleep(0)
    assert pipe.read() == []


def test_without_a_loop_a_request_is_written_at_once(pipe: Pipe) -> None:
    log_request("GET", "/", 200, 0.001)
    assert pipe.read() == ["GET / 200 1.0 ms"]


def test_a_loop_that_ended_in_mid_turn_holds_nothing_back(pipe: Pipe) -> None:
    loop = asyncio.new_event_loop()

    async def stopped() -> None:
        log_request("GET", "/1", 200, 0.001)
        loop.stop()

    task = loop.create_task(stopped())
    loop.run_forever()
    assert task.done()

    async def next_one() -> None:
        log_request("GET", "/2", 200, 0.001)

    asyncio.run(next_one())
    loop.close()
    assert pipe.read() == ["GET /1 200 1.0 ms", "GET /2 200 1.0 ms"]


def test_a_line_may_be_longer_than_what_is_written_at_once(pipe: Pipe) -> None:
    long = "x" * 10_000
    for _ in range(3):
        logging.getLogger("mine").info(long)
    assert pipe.read() == [long] * 3


def test_who_does_not_read_is_waited_for_once(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_PATIENCE", 0.2)
    mine = logging.getLogger("mine")
    start = time.monotonic()
    for number in range(1000):
        mine.info("%04d %s", number, "x" * 1000)
    assert 0.2 < time.monotonic() - start < 2
    written = pipe.read()
    assert 10 < len(written) < 100
    mine.info("again")
    assert pipe.read() == [
        f"{1000 - len(written)} lines were lost: nobody has read stderr",
        "again",
    ]
    assert [line[:4] for line in written] == [f"{number:04}" for number in range(len(written))]


def test_who_has_gone_is_not_waited_for(pipe: Pipe) -> None:
    os.close(pipe.reading)
    pipe.reading = os.open(os.devnull, os.O_RDONLY)
    logging.getLogger("mine").info("nobody hears this")
    log_request("GET", "/", 200, 0.001)


ENDS = {
    "an exception": "raise ValueError",
    "an exit": "raise SystemExit(3)",
    "a signal": "os.kill(os.getpid(), signal.SIGINT)",
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_no_line_is_lost_at_the_end(end: str) -> None:
    program = f"""
import asyncio, os, signal
from terapin.runtime.core.logs import configure_logging, log_request
from terapin.runtime.core.settings import ServiceSettings

configure_logging(ServiceSettings(environment="production"))

async def serve():
    for number in range(100):
        log_request("GET", f"/{{number}}", 200, 0.001)
    {end}
    await asyncio.sleep(5)

asyncio.run(serve())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=30)
    lines = [orjson.loads(line) for line in done.stderr.splitlines() if line.startswith(b"{")]
    assert [line["path"] for line in lines] == [f"/{number}" for number in range(100)]


def test_a_request_is_logged_as_by_anybody(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    extra = {"method": "GET", "path": "/", "status": 200, "duration_ms": 1.2}
    log_request("GET", "/", 200, 0.0012)
    access.info("%s %s %s %.1f ms", "GET", "/", 200, 1.2, extra=extra)
    ours, theirs = (dict(vars(record)) for record in caplog.records)
    for name in ("created", "msecs", "relativeCreated"):
        assert ours.pop(name) == pytest.approx(theirs.pop(name), abs=1000)
    for name in ("pathname", "filename", "module", "lineno", "funcName", "taskName"):
        ours.pop(name, None)
        theirs.pop(name, None)
    assert ours == theirs


def test_whoever_makes_records_makes_those_of_requests(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    class Traced(logging.LogRecord):
        trace = "t1"

    logging.setLogRecordFactory(Traced)
    try:
        log_request("GET", "/", 200, 0.0012)
    finally:
        logging.setLogRecordFactory(logging.LogRecord)
    [record] = caplog.records
    assert isinstance(record, Traced)
    assert (record.getMessage(), vars(record)["path"]) == ("GET / 200 1.2 ms", "/")


def alone(monkeypatch: pytest.MonkeyPatch) -> logging.Handler:
    """The handler of the fixture without pytest's own, and writing JSON."""
    root = logging.getLogger()
    lines = root.handlers[0]
    lines.setFormatter(JsonFormatter())
    monkeypatch.setattr(root, "handlers", [lines])
    return lines


@pytest.mark.parametrize("somebody", ["nobody", "filter", "handler"])
def test_a_line_of_a_request_is_what_its_record_would_give(
    somebody: str, pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it is written past `logging`, as it is where nobody has a part in it, or not."""
    lines = alone(monkeypatch)
    monkeypatch.setattr(time, "time", lambda: 1_700_000_000.5)
    records: list[logging.LogRecord] = []

    def noted(record: logging.LogRecord) -> bool:
        records.append(record)
        return True

    if somebody == "filter":
        lines.addFilter(noted)
    elif somebody == "handler":
        handler = logging.Handler()
        monkeypatch.setattr(handler, "emit", records.append)
        monkeypatch.setattr(access, "handlers", [handler])
    log_request("GET", "/é", 200, 0.00125)
    [line] = pipe.read()
    assert line == (
        '{"time":"2023-11-14T22:13:20.500000+00:00","level":"INFO","logger":"access",'
        '"message":"GET /é 200 1.2 ms","request_id":null,"method":"GET","path":"/é","status":200,'
        '"duration_ms":1.2}'
    )
    assert len(records) == (somebody != "nobody")


def test_what_is_no_text_is_told_all_the_same(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    alone(monkeypatch)
    log_request("GET", "/\ud800", 200, 0.001)
    assert orjson.loads(pipe.read()[0].replace("\\ud800", "?"))["path"] == "/?"


def test_times_are_told_to_the_microsecond() -> None:
    formatter = JsonFormatter()
    record = logging.makeLogRecord({"msg": "m"})
    for created, told in (
        (1_700_000_000.015625, "2023-11-14T22:13:20.015625+00:00"),
        (1_700_000_000.5, "2023-11-14T22:13:20.500000+00:00"),
        (1_700_000_061.25, "2023-11-14T22:14:21.250000+00:00"),
    ):
        record.created = created
        assert orjson.loads(formatter.format(record))["time"] == told
