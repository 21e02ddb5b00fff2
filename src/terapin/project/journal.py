"""What a run is about to do to the files on disk, written down before the first of them is touched.

Whatever ends a run between two writes, the next one finds the journal and does the rest. A file that somebody
changed in between stays as it is, and the lock keeps saying about it what it said before.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from .disk import Disk
from .errors import ProjectError
from .files import delete, write
from .lock import BASE, JOURNAL, LOCK, MODEL, NAMES, Lock, inside
from .plan import digest

_STATE = {str(path): path for path in (NAMES, MODEL)}
_DIGEST = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Step:
    """`before` is the digest of what is at the path, None of nothing; `after` is None for a file to be deleted."""

    path: PurePosixPath
    before: str | None
    after: bytes | None


@dataclass(frozen=True, slots=True)
class Journal:
    """`steps` are taken in their order, then `state`, terapin's own files, is written, and `lock` last.

    `began` is the digest of the lock that the run began with: what it was about.
    """

    began: str | None
    steps: tuple[Step, ...]
    state: tuple[tuple[PurePosixPath, bytes], ...]
    lock: Lock

    def dump(self) -> bytes:
        """A line of JSON that says what follows it, then all contents."""
        contents = [
            *(step.after or b"" for step in self.steps),
            *(content for _, content in self.state),
            self.lock.dump(),
        ]
        head = {
            "began": self.began,
            "steps": [[str(step.path), step.before, step.after is None] for step in self.steps],
            "state": [str(path) for path, _ in self.state],
            "sizes": [len(content) for content in contents],
        }
        return b"".join((json.dumps(head).encode(), b"\n", *contents))

    @classmethod
    def parse(cls, content: bytes) -> Journal:
        line, _, body = content.partition(b"\n")
        head = json.loads(line)
        contents = _split(body, head["sizes"])
        steps = tuple(
            Step(inside(path), before, None if deleted else after)
            for (path, before, deleted), after in zip(head["steps"], contents, strict=False)
        )
        state = tuple(
            (_STATE[path], after) for path, after in zip(head["state"], contents, strict=False)
        )
        return cls(head["began"], steps, state, Lock.parse(next(contents)))

    def is_of(self, lock: bytes | None) -> bool:
        """Whether the project is the one that the run began with or was to leave, by its lock."""
        return (digest(lock) if lock else None) in (self.began, digest(self.lock.dump()))

    def replay(self, root: Path) -> None:
        """Do what is not done yet. Done twice, or again after half of it, it ends in the same."""
        disk = Disk(root)
        kept = {step.path for step in self.steps if not _taken(step, disk)}
        for path, content in self.state:
            write(root / path, content)
        lock = self._lock(root, kept)
        write(root / LOCK, lock.dump())
        _prune(root, lock)
        (root / JOURNAL).unlink(missing_ok=True)

    def _lock(self, root: Path, kept: set[PurePosixPath]) -> Lock:
        """Of files that were `kept` as somebody left them, what was known before."""
        before = Lock.load(root).entries if kept else {}
        known = {path: before[path] for path in kept if path in before}
        return replace(self.lock, entries={**self.lock.entries, **known})


def pending(root: Path) -> Journal | None:
    """That of a run that did not come to its end."""
    try:
        return Journal.parse((root / JOURNAL).read_bytes())
    except FileNotFoundError:
        return None
    except (ValueError, LookupError, TypeError, StopIteration, RecursionError) as error:
        raise ProjectError(
            f"{JOURNAL} cannot be read: {error}",
            "it is written by terapin only: delete it and generate again",
        ) from error


def _taken(step: Step, disk: Disk) -> bool:
    """Whether the file is now as it is to be; it is left alone if it is neither that nor what it was."""
    current = disk.read(step.path)
    if current == step.after:
        return True
    if (None if current is None else digest(current)) != step.before:
        return False
    if step.after is None:
        delete(disk.root, step.path)
    else:
        write(disk.root / step.path, step.after)
    return True


def _split(body: bytes, sizes: Sequence[int]) -> Iterator[bytes]:
    position = 0
    for size in sizes:
        yield body[position : position + size]
        position += size


def _prune(root: Path, lock: Lock) -> None:
    """Pristine copies that no entry refers to; what else lies there is not terapin's."""
    used = {entry.written for entry in lock.entries.values()}
    if not (root / BASE).is_dir():
        return
    for directory in filter(_is_directory, os.scandir(root / BASE)):
        for blob in os.scandir(directory.path):
            name = directory.name + blob.name
            if name not in used and _DIGEST.fullmatch(name):
                os.unlink(blob.path)


def _is_directory(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)
