"""Servers on a core of their own, and what they spend on it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg

_TICK: int = os.sysconf("SC_CLK_TCK")
_PATIENCE = 30.0


@dataclass(frozen=True)
class Cores:
    """One for the server that is measured, another for PostgreSQL and for those who ask."""

    server: frozenset[int]
    others: frozenset[int]

    @classmethod
    def of_this_machine(cls) -> Cores:
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) < 2:
            print("there is one core for all: the server is measured beside PostgreSQL on it")
            return cls(frozenset(cores), frozenset(cores))
        return cls(frozenset(cores[:1]), frozenset(cores[1:2]))


@dataclass(frozen=True)
class Process:
    """One, or all of PostgreSQL's, which are children of one."""

    pid: int
    with_children: bool = False

    def pinned(self, cores: frozenset[int]) -> Process:
        for pid in self._pids():
            with suppress(ProcessLookupError):
                os.sched_setaffinity(pid, cores)
        return self

    def seconds(self) -> float:
        """Of a processor, that it has used until now."""
        return sum(_ticks(pid) for pid in self._pids()) / _TICK

    def _pids(self) -> Sequence[int]:
        return [self.pid, *(_children(self.pid) if self.with_children else ())]


@dataclass(frozen=True)
class Server(Process):
    port: int = 0

    def waited(self) -> float:
        """Seconds until now that it could have worked, and another had its core."""
        return int(Path(f"/proc/{self.pid}/schedstat").read_text().split()[1]) / 1e9


@contextmanager
def uvicorn(
    app: str, environment: Mapping[str, str], cores: frozenset[int], log: Path, *options: str
) -> Iterator[Server]:
    """Serves what a factory makes, by one process; its log lines go to a file. `options` are uvicorn's."""
    # A socket of our own, handed on, would be one that uvicorn does not set to send at once.
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    with log.open("wb") as lines:
        command = [sys.executable, "-m", "uvicorn", app, "--factory", "--no-access-log"]
        process = subprocess.Popen(
            [*command, "--no-server-header", f"--port={port}", *options],
            env=environment,
            stdout=lines,
            stderr=lines,
        )
        try:
            os.sched_setaffinity(process.pid, cores)
            _wait(app, process, port, log)
            yield Server(process.pid, port=port)
        finally:
            process.terminate()
            process.wait()


async def postgres_of(url: str) -> Process:
    """The server of this URL, which then takes no time for what nobody asked."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("ALTER SYSTEM SET autovacuum = off")
        await connection.execute("SELECT pg_reload_conf()")
        return Process(_parent(connection.get_server_pid()), with_children=True)
    finally:
        await connection.close()


def _wait(app: str, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    give_up = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < give_up:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise SystemExit(f"{app} does not answer:\n{log.read_text()}")


def _fields(pid: int) -> list[str]:
    """Of `/proc/PID/stat`, from the state on: the name before it may hold anything."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _parent(pid: int) -> int:
    return int(_fields(pid)[1])


def _ticks(pid: int) -> int:
    """In user and system mode."""
    try:
        return sum(map(int, _fields(pid)[11:13]))
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _children(pid: int) -> Iterator[int]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                if _parent(int(entry.name)) == pid:
                    yield int(entry.name)
            except (FileNotFoundError, ProcessLookupError):
                continue
