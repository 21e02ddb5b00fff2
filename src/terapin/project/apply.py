"""The only place that changes a project on disk."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TypeVar

from .changes import ChangeSet
from .disk import Disk
from .errors import ProjectError
from .files import exclusive, write
from .journal import Journal, Step, pending
from .lock import BASE, JOURNAL, LOCK, RUNNING, Lock, history, lock_bytes
from .plan import digest

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


def complete(root: Path) -> str | None:
    """Bring a run that was interrupted to its end; says so, if there was one."""
    return _told(root, partial(_complete, root))


def is_written(root: Path, changes: ChangeSet, state: Mapping[PurePosixPath, bytes]) -> bool:
    """Whether there is nothing to be done, in terapin's own files neither."""
    own = {**state, LOCK: changes.lock.dump()}
    try:
        return changes.empty and all(
            (root / path).read_bytes() == content for path, content in own.items()
        )
    except FileNotFoundError:
        return False


def restore_history(root: Path) -> None:
    """Write again the migrations that were deleted: what comes next is made from them."""
    _told(root, partial(_restore_history, root))


def refuse_interrupted(root: Path) -> None:
    """Raises ProjectError while a run waits to be completed: half of the files are not what anybody wanted."""
    if (root / JOURNAL).exists():
        raise ProjectError(
            f"the last run at {root} was interrupted", "terapin generate brings it to its end"
        )


def base(root: Path, written: str) -> bytes | None:
    """The file as it was written, by its digest; None if there is no such copy, or it is damaged."""
    try:
        return zlib.decompress((root / _blob(written)).read_bytes())
    except (FileNotFoundError, zlib.error):
        return None


def _apply(root: Path, changes: ChangeSet, state: Mapping[PurePosixPath, bytes]) -> None:
    _refuse_links(root)
    if is_written(root, changes, state):
        return
    journal = Journal(changes.lock.digest, _steps(changes), tuple(state.items()), changes.lock)
    present = lock_bytes(root)
    if (digest(present) if present else None) != changes.lock.digest:
        raise ProjectError(
            f"another run of terapin changed {root} in the meantime",
            "nothing was written: run the same command again",
        )
    disk = Disk(root)
    for written, content in changes.bases.items():
        if disk.read(_blob(written)) is None:
            write(root / _blob(written), zlib.compress(content))
    write(root / JOURNAL, journal.dump())
    journal.replay(root)


def _complete(root: Path) -> str | None:
    journal = pending(root)
    if journal is None:
        return None
    if journal.is_of(lock_bytes(root)):
        journal.replay(root)
        return f"the last run at {root} was interrupted: it is complete now"
    aside = root / JOURNAL.with_suffix(".aside")
    (root / JOURNAL).replace(aside)
    return (
        f"a run at {root} was interrupted on another state of it: what it was to do lies in {aside}"
    )


def _refuse_links(root: Path) -> None:
    """Terapin's own files lie in the project too."""
    for path in (LOCK, RUNNING, BASE / "any"):
        Disk(root).read(path)


def _restore_history(root: Path) -> None:
    lock = Lock.load(root)
    for path in history(lock):
        content = base(root, lock.entries[path].written)
        if content is not None and Disk(root).read(path) is None:
            write(root / path, content)


def _steps(changes: ChangeSet) -> tuple[Step, ...]:
    """Files are deleted after others are written, so that what moves is never nowhere."""
    steps = [
        Step(change.path, None if before is None else digest(before), change.after)
        for change in changes.changes
        for before in (changes.replaced[change.path],)
    ]
    return tuple(sorted(steps, key=lambda step: step.after is None))


def _blob(written: str) -> PurePosixPath:
    return BASE / written[:2] / written[2:]


def _told(root: Path, act: Callable[[], T]) -> T:
    try:
        return act()
    except OSError as error:
        raise ProjectError(
            f"cannot write {error.filename or root}: {error.strerror}",
            "nothing that you wrote is lost: run the same command again when this is mended",
        ) from error
