"""Files on disk, each whole or not at all."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from .errors import ProjectError

_PATIENCE = 30.0


def write(path: Path, content: bytes) -> None:
    """What is there already is not written. Who has the file open keeps what it was."""
    with suppress(FileNotFoundError):
        if path.read_bytes() == content:
            return
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name that is always the same: what a killed run leaves behind, the next one takes away.
    beside = path.with_name(f".{path.name[:200]}.terapin")
    try:
        with open(os.open(beside, _FLAGS, 0o666), "wb") as file:
            file.write(content)
        with suppress(FileNotFoundError):
            os.chmod(beside, path.stat().st_mode & 0o777)
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW


def delete(root: Path, path: PurePosixPath) -> None:
    """The file and the directories that it leaves empty."""
    (root / path).unlink(missing_ok=True)
    for parent in path.parents[:-1]:
        try:
            (root / parent).rmdir()
        except OSError:
            return


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """One process at a time. Raises ProjectError if the other does not end within some seconds."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab")
    except OSError as error:
        raise ProjectError(f"cannot write {error.filename}: {error.strerror}") from error
    with file:
        _acquire(file.fileno(), time.monotonic() + _PATIENCE)
        yield


def _acquire(handle: int, until: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise ProjectError(
                    "another run of terapin is writing this project",
                    "wait for it to end, and run the same command again",
                ) from None
            time.sleep(0.05)
        else:
            return
