"""The nodes of a worker: one for each pool, and small ones that keep room for what is urgent."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from .declared import Priority, Task, Tasks
from .settings import TaskSettings

logger = logging.getLogger(__name__)

_PR_SET_PDEATHSIG = 1
_PAUSE = 0.2
# For which development waits for tasks that run.
_PATIENCE = 5.0
# A node that ends by itself so soon would do so again.
_AT_ONCE = 10.0


class WorkerError(Exception):
    """A node cannot run; it has said why."""


@dataclass(frozen=True, slots=True)
class Node:
    """A worker of Celery with processes of its own."""

    name: str
    queues: Sequence[str]
    processes: int

    def command(self, package: str) -> list[str]:
        """Each time under another name: RabbitMQ refuses one that another has, or a dead one's child still holds."""
        return [
            *celery(package, "worker"),
            *("--hostname", f"{self.name}-{token_hex(3)}@%h"),
            *("--queues", ",".join(self.queues)),
            *("--concurrency", str(self.processes)),
            *("--without-gossip", "--without-mingle", "--task-events"),
        ]


def celery(package: str, command: str) -> list[str]:
    return [sys.executable, "-m", "celery", "-A", f"{package}.tasks:app", "--quiet", command]


def nodes(
    tasks: Tasks, own: TaskSettings, pools: Iterable[str], processes: int | None
) -> Iterator[Node]:
    for pool in pools:
        members = [task for task in tasks if task.pool == pool]
        number = processes or own.concurrency.get(pool) or os.cpu_count() or 1
        yield Node(pool, _queues(members), number)
        ranks = sorted({task.priority.rank for task in members})
        for rank in ranks[1:]:
            name = f"{pool}.{list(Priority)[rank]}"
            yield Node(name, _queues(members, rank), own.reserved)


def _queues(tasks: Iterable[Task[Any]], rank: int = 0) -> list[str]:
    """What is urgent first, which is how Redis is asked."""
    ranks = {task.route: task.priority.rank for task in tasks if task.priority.rank >= rank}
    return sorted(ranks, key=lambda route: (-ranks[route], route))


def run_nodes(package: str, chosen: Sequence[Node]) -> None:
    """Until it is told to end, when what is running is waited for. A node that is killed is started again."""
    ending: list[int] = []
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, lambda number, _: ending.append(number))
    running = [_Running(package, node) for node in chosen]
    try:
        while not ending:
            time.sleep(_PAUSE)
            for node in running:
                node.look_after()
    finally:
        for node in running:
            node.process.terminate()
        for node in running:
            node.process.wait()


class _Running:
    def __init__(self, package: str, node: Node) -> None:
        self._package = package
        self._node = node
        self.process = self._start()

    def look_after(self) -> None:
        ended = self.process.poll()
        if ended is None:
            return
        if ended > 0 and time.monotonic() < self._started + _AT_ONCE:
            raise WorkerError(f"{self._node.name} ended with {ended} as soon as it was started")
        logger.error("%s ended with %d, and is started again", self._node.name, ended)
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        self._started = time.monotonic()
        return start(self._node.command(self._package))


class Companions:
    """A worker and beat, as commands of a service, beside what needs them in development."""

    def __init__(self, package: str) -> None:
        self._package = package
        self._processes: list[subprocess.Popen[bytes]] = []

    def restart(self) -> None:
        self.end()
        commands = (["worker", "--concurrency", "2"], ["beat"])
        base = [sys.executable, "-m", self._package]
        self._processes = [start([*base, *command]) for command in commands]

    def end(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes = []


def start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Apart from the terminal, whose Ctrl-C it is not to hear twice; on Linux it ends with its parent all the same."""
    return subprocess.Popen(command, start_new_session=True, preexec_fn=_death_signal())


def _death_signal() -> Callable[[], None] | None:
    """The library is loaded before the fork, after which little is safe."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
