"""What a piece of code does to the world, seen by the interpreter's own audit events."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Where ruff is given files to format, by the name that terapin gives such a directory.
_SCRATCH = tuple(f"{place}/terapin-" for place in (tempfile.gettempdir(), "/dev/shm"))
_CHANGES = {
    "os.chmod": 1,
    "os.chown": 1,
    "os.link": 2,
    "os.mkdir": 1,
    "os.remove": 1,
    "os.rename": 2,
    "os.rmdir": 1,
    "os.symlink": 2,
    "os.truncate": 1,
    "os.utime": 1,
}
_FORBIDDEN = ("socket.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "urllib.", "pty.")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@dataclass
class Watch:
    """`violations` tells what was done beyond writing below `root` and running ruff."""

    root: Path
    violations: list[str] = field(default_factory=list)

    def see(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(_FORBIDDEN):
            self.violations.append(f"{event}{arguments}")
        elif event == "subprocess.Popen":
            if Path(os.fsdecode(arguments[0])).name != "ruff":
                self.violations.append(f"{event}{arguments}")
        elif event == "open":
            path, _, flags = arguments
            if flags & _WRITING and not isinstance(path, int):
                self._changed(event, os.fsdecode(path))
        elif event in _CHANGES:
            # The last argument may be the descriptor of the directory that a path is relative to.
            descriptor = arguments[-1] if event != "os.truncate" else -1
            base = os.readlink(f"/proc/self/fd/{descriptor}") if descriptor >= 0 else ""
            for path in arguments[: _CHANGES[event]]:
                self._changed(event, os.path.join(base, os.fsdecode(path)))

    def _changed(self, event: str, path: str) -> None:
        absolute = os.path.abspath(path)
        inside = absolute == str(self.root) or absolute.startswith(f"{self.root}{os.sep}")
        if not inside and not absolute.startswith(_SCRATCH) and absolute != os.devnull:
            self.violations.append(f"{event} {absolute}")


_watches: list[Watch] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    for each in _watches:
        each.see(event, arguments)


# A hook cannot be removed again.
sys.addaudithook(_hook)


@contextmanager
def watching(root: Path) -> Iterator[Watch]:
    watch = Watch(root)
    writes_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    _watches.append(watch)
    try:
        yield watch
    finally:
        _watches.remove(watch)
        sys.dont_write_bytecode = writes_bytecode
