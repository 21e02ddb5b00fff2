"""The only place that changes a project on disk."""

from __future__ import annotations

import os
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from .errors import ProjectError
from .lock import BASE, LOCK
from .reconcile import ChangeSet


def apply(root: Path, changes: ChangeSet, state: Mapping[PurePosixPath, bytes]) -> None:
    """Write what changed, each file whole or not at all, and the lock last: whatever interrupts, a rerun completes it.

    `state` are terapin's own files beside the lock. A file whose content is already there is not written.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        for name, content in changes.bases.items():
            _write(root / BASE / name[:2] / name[2:], zlib.compress(content, 9))
        for path, content in changes.writes.items():
            _write(root / path, content)
        for path in changes.deletes:
            _delete(root, path)
        for path, content in state.items():
            _write(root / path, content)
        _write(root / LOCK, changes.lock.dump())
        _prune(root, {entry.written for entry in changes.lock.entries.values()})
    except OSError as error:
        raise ProjectError(
            f"cannot write {error.filename or root}: {error.strerror}",
            "nothing that you wrote is lost: run the same command again when this is mended",
        ) from error


def base(root: Path, written: str) -> bytes | None:
    """The file as it was written, by its digest."""
    path = root / BASE / written[:2] / written[2:]
    return zlib.decompress(path.read_bytes()) if path.exists() else None


def _write(path: Path, content: bytes) -> None:
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def _delete(root: Path, path: PurePosixPath) -> None:
    """The file and the directories that it leaves empty."""
    (root / path).unlink(missing_ok=True)
    for parent in path.parents[:-1]:
        try:
            (root / parent).rmdir()
        except OSError:
            return


def _prune(root: Path, used: set[str]) -> None:
    for blob in (root / BASE).glob("*/*"):
        if blob.parent.name + blob.name not in used:
            blob.unlink()
