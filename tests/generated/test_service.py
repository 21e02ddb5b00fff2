"""Generated services run as a user runs them."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from tests.contract import DEEP

from .conftest import OWN_TESTS, PLUGINS, Generated, environment

# Of the synthetic entities, which are all alike, those whose number begins with 1.
SOME = () if DEEP else ("-k", "not things or things1")
OLDEST = Path("/usr/lib/postgresql/15/bin")


def test_passes_its_own_tests(project: Generated) -> None:
    if project.name == "blog" and OLDEST.exists() and not DEEP:
        pytest.skip("it does on the oldest PostgreSQL")
    project.python(*OWN_TESTS, *SOME, env=PLUGINS, timeout=600)


@pytest.mark.skipif(not OLDEST.exists(), reason="needs Debian's postgresql-15")
def test_passes_its_own_tests_on_the_oldest_postgresql(blog: Generated) -> None:
    variable = f"{blog.name.upper()}_DEV_POSTGRES_BIN"
    blog.python(*OWN_TESTS, env={**PLUGINS, variable: str(OLDEST)}, timeout=600)


def test_starts_answers_and_stops(project: Generated) -> None:
    with running(project) as service:
        port = service.port
        assert get(port, "/health/ready")[0] == 200
        status, document = get(port, "/openapi.json")
        assert status == 200
        # Of what people do nobody reads without a token.
        private = {"/activities"} if project.name == "blog" else set()
        lists = [path for path in document["paths"] if re.fullmatch(r"/[^/{]+", path)]
        assert lists
        for path in lists:
            if "get" in document["paths"][path] and path != "/metrics":
                assert get(port, path)[0] == (401 if path in private else 200)


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_leaves_no_process(blog: Generated, number: signal.Signals) -> None:
    with running(blog, ending=number) as service:
        started = descendants(service.pid)
        assert any("postgres" in line for line in started.values())
    deadline = time.monotonic() + 10
    while left := started.items() & commands(processes()).items():
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


def test_a_taken_port_is_said_before_anything_starts(blog: Generated) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", blog.name, "dev", "--port", str(port)],
            cwd=blog.root,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert str(port) in done.stderr
    assert "Traceback" not in done.stderr


def test_serve_without_a_database_names_the_variable(blog: Generated) -> None:
    done = subprocess.run(
        [sys.executable, "-m", blog.name, "serve"],
        cwd=blog.root,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert f"{blog.name.upper()}_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True)
class Running:
    port: int
    pid: int


@contextmanager
def mail_server() -> Iterator[int]:
    """Its port; it takes whatever comes."""
    port = free_port()
    controller = Controller(Sink(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@contextmanager
def running(
    project: Generated,
    ending: signal.Signals = signal.SIGINT,
    port: int | None = None,
    **variables: str,
) -> Iterator[Running]:
    """`NAME dev`, on a free port unless given, ended as Ctrl-C ends it; its tasks find a mail server."""
    with mail_server() as mail:
        mailed = {f"{project.name.upper()}_MAIL_PORT": str(mail)}
        yield from _running(project, ending, port or free_port(), mailed | variables)


def _running(
    project: Generated, ending: signal.Signals, port: int, variables: dict[str, str]
) -> Iterator[Running]:
    log = project.root / "dev.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", project.name, "dev", "--port", str(port)],
            cwd=project.root,
            env={**environment(), **variables},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + 120
        while not answers(port):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield Running(port, process.pid)
        os.kill(process.pid, ending)
        try:
            status = process.wait(30)
        except subprocess.TimeoutExpired:
            pytest.fail(f"it did not end: {log.read_text()}")
        assert status in (0, 128 + ending), log.read_text()
        assert "Traceback" not in log.read_text()
    finally:
        log.unlink()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def answers(port: int) -> bool:
    try:
        return get(port, "/health/live")[0] == 200
    except OSError:
        return False


def get(port: int, path: str) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as response:
            body = response.read()
            return response.status, json.loads(body)
    except urllib.error.HTTPError as error:
        return error.code, None


def processes() -> dict[int, tuple[int, str]]:
    """Of every process its parent and its command."""
    found = {}
    for entry in os.scandir("/proc"):
        if not entry.name.isdecimal():
            continue
        try:
            command = Path(entry.path, "cmdline").read_bytes().split(b"\0")[0]
            parent = Path(entry.path, "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        found[int(entry.name)] = (int(parent), command.decode(errors="replace"))
    return found


def commands(found: dict[int, tuple[int, str]]) -> dict[int, str]:
    return {pid: command for pid, (_, command) in found.items()}


def descendants(pid: int) -> dict[int, str]:
    """The process and all that it has started, directly or not."""
    everything = processes()
    family = {pid}
    while more := {
        each for each, (parent, _) in everything.items() if parent in family and each not in family
    }:
        family |= more
    return commands({each: everything[each] for each in family})
