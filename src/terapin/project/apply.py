"""The only place that changes a project on disk."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TypeVar

from .disk import Disk
from .errors import ProjectError
from .files import exclusive, write
from .journal import Journal, Step, pending
from .lock import BASE, JOURNAL, LOCK, RUNNING, lock_bytes
from .plan import digest
from .reconcile import ChangeSet

T = TypeVar("T")


def apply(root: Path, changes: ChangeSet, state: Mapping[PurePosixPath, bytes]) -> None:
    """Write what changed; whatever interrupts, `complete` does the rest. To be called with the project to oneself.

    `state` are terapin's own files beside the lock. Raises ProjectError, with nothing written, if another run
    came between what `changes` were made from and this, and with the journal kept if the disk refuses a write.
    """
    _told(root, partial(_apply, root, changes, state))


def alone(root: Path) -> AbstractContextManager[None]:
    """The project to oneself, from reading it to writing it; makes its directory if there is none."""
    _refuse_links(root)
    return exclusive(root / RUNNING)


def complete(root: Path) -> bool:
    """Bring a run that was interrupted to its end; false if there is none."""
    return _told(root, partial(_complete, root))


def base(root: Path, written: str) -> bytes | None:
    """The file as it was written, by its digest; None if there is no such copy, or it is damaged."""
    try:
        return zlib.decompress(_blob(root, written).read_bytes())
    except (FileNotFoundError, zlib.error):
        return None


def _apply(root: Path, changes: ChangeSet, state: Mapping[PurePosixPath, bytes]) -> None:
    _refuse_links(root)
    journal = Journal(_steps(changes), tuple(state.items()), changes.lock)
    if not journal.steps and _is_written(root, {**state, LOCK: changes.lock.dump()}):
        return
    present = lock_bytes(root)
    if (digest(present) if present else None) != changes.lock.digest:
        raise ProjectError(
            f"another run of terapin changed {root} in the meantime",
            "nothing was written: run the same command again",
        )
    for written, content in changes.bases.items():
        write(_blob(root, written), zlib.compress(content))
    write(root / JOURNAL, journal.dump())
    journal.replay(root)


def _complete(root: Path) -> bool:
    journal = pending(root)
    if journal:
        journal.replay(root)
    return journal is not None


def _refuse_links(root: Path) -> None:
    """Terapin's own files lie in the project too."""
    for path in (LOCK, RUNNING, BASE / "any"):
        Disk(root).read(path)


def _steps(changes: ChangeSet) -> tuple[Step, ...]:
    """Files are deleted after others are written, so that what moves is never nowhere."""
    steps = [
        Step(change.path, None if before is None else digest(before), change.after)
        for change in changes.changes
        for before in (changes.replaced[change.path],)
    ]
    return tuple(sorted(steps, key=lambda step: step.after is None))


def _is_written(root: Path, files: Mapping[PurePosixPath, bytes]) -> bool:
    try:
        return all((root / path).read_bytes() == content for path, content in files.items())
    except FileNotFoundError:
        return False


def _blob(root: Path, written: str) -> Path:
    return root / BASE / written[:2] / written[2:]


def _told(root: Path, act: Callable[[], T]) -> T:
    try:
        return act()
    except OSError as error:
        raise ProjectError(
            f"cannot write {error.filename or root}: {error.strerror}",
            "nothing that you wrote is lost: run the same command again when this is mended",
        ) from error
