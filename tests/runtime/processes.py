"""What /proc knows of other processes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

PROC = Path("/proc")


def everyone() -> list[int]:
    return [int(each.name) for each in PROC.iterdir() if each.name.isdigit()]


def arguments(process: int) -> str:
    try:
        return (PROC / str(process) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def name(process: int) -> str:
    return (PROC / str(process) / "comm").read_text().strip()


def descendants(process: int) -> list[int]:
    children = (PROC / str(process) / "task" / str(process) / "children").read_text().split()
    return [pid for child in map(int, children) for pid in (child, *descendants(child))]


def is_alive(process: int) -> bool:
    try:
        state = (PROC / str(process) / "stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def all_gone(processes: Iterable[int]) -> bool:
    return eventually(lambda: not any(map(is_alive, processes)))


def eventually(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 15
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds()
