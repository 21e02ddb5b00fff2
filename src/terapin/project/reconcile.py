"""What a generation means for the files on disk: nothing is written here, and a conflict means that nothing will be.

| on disk, against the lock    | outcome                      |
|------------------------------|------------------------------|
| untouched                    | replaced                     |
| edited, output unchanged     | kept                         |
| edited, output changed       | conflict                     |
| deleted by the user          | left deleted, unless `restore` |
| no longer planned            | deleted if untouched, else a warning |
| exists, not in the lock      | conflict                     |

Seeded files that exist are never touched, nor appended ones, which stay in the lock though nothing plans them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .errors import ProjectError
from .formatting import format_python
from .lock import Entry, Lock
from .plan import Ownership, PlannedFile, digest


@dataclass(frozen=True, slots=True)
class Conflict:
    path: PurePosixPath
    reason: str


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """`outdated` are seeded files that would be written differently today."""

    writes: Mapping[PurePosixPath, bytes]
    deletes: tuple[PurePosixPath, ...]
    conflicts: tuple[Conflict, ...]
    orphans: tuple[PurePosixPath, ...]
    outdated: tuple[PurePosixPath, ...]
    bases: Mapping[str, bytes]
    lock: Lock

    @property
    def empty(self) -> bool:
        return not self.writes and not self.deletes


class Disk:
    """The project's files as the user left them."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, path: PurePosixPath) -> bytes | None:
        """None where there is no file. Raises ProjectError for what is no regular file below the root."""
        target = self.root / path
        if not target.parent.resolve().is_relative_to(self.root.resolve()) or target.is_symlink():
            raise ProjectError(
                f"{path} is reached through a symbolic link", "terapin writes regular files only"
            )
        try:
            return target.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except IsADirectoryError:
            raise ProjectError(
                f"{path} is a directory, where a file is to be written", "move it away"
            ) from None

    def untouched(self, entries: Mapping[PurePosixPath, Entry]) -> set[PurePosixPath]:
        """Those files that still are what was written, up to line endings and formatting."""
        found = {
            path: _normal(content) for path in entries if (content := self.read(path)) is not None
        }
        same = {path for path, content in found.items() if digest(content) == entries[path].written}
        edited = {path: content for path, content in found.items() if path not in same}
        return same | {
            path
            for path, content in _formatted(edited).items()
            if digest(content) == entries[path].written
        }


def reconcile(
    planned: Mapping[PurePosixPath, PlannedFile],
    sources: Mapping[PurePosixPath, str],
    rendered: Mapping[PurePosixPath, bytes],
    lock: Lock,
    disk: Disk,
    *,
    restore: bool = False,
) -> ChangeSet:
    """`sources` has the source digest of every planned file, `rendered` the content of those whose digest is not the lock's."""
    history = {
        path: entry
        for path, entry in lock.entries.items()
        if path not in planned and entry.ownership is Ownership.APPENDED
    }
    gone = {
        path: entry
        for path, entry in lock.entries.items()
        if path not in planned and path not in history
    }
    known = {path: lock.entries[path] for path in rendered if path in lock.entries}
    untouched = disk.untouched({**gone, **known})

    entries = history | {path: lock.entries[path] for path in planned if path in lock.entries}
    writes: dict[PurePosixPath, bytes] = {}
    conflicts: list[Conflict] = []
    outdated: list[PurePosixPath] = []
    for path, content in rendered.items():
        plan, entry, current = planned[path], known.get(path), disk.read(path)
        new = Entry(plan.ownership, plan.layer, sources[path], digest(content))
        if entry is None or (restore and current is None):
            if current is None:
                writes[path] = content
            elif _normal(current) != content:
                conflicts.append(Conflict(path, "exists, and was not written by terapin"))
            entries[path] = new
        elif entry.ownership is not Ownership.MANAGED or current is None:
            if entry.written != new.written:
                outdated.append(path)
            entries[path] = Entry(entry.ownership, plan.layer, new.source, entry.written)
        elif path in untouched or _normal(current) == content:
            if current != content and entry.written != new.written:
                writes[path] = content
            entries[path] = new
        elif entry.written == new.written:
            entries[path] = new
        else:
            conflicts.append(Conflict(path, "was edited, and its generated content changed too"))

    return ChangeSet(
        writes=writes,
        deletes=tuple(sorted(path for path in gone if path in untouched)),
        conflicts=tuple(sorted(conflicts, key=lambda conflict: conflict.path)),
        orphans=tuple(
            sorted(path for path in gone if path not in untouched and disk.read(path) is not None)
        ),
        outdated=tuple(sorted(outdated)),
        bases={
            entries[path].written: rendered[path]
            for path in rendered
            if path in entries and entries[path].written == digest(rendered[path])
        },
        lock=Lock(entries),
    )


def _normal(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n")


def _formatted(files: Mapping[PurePosixPath, bytes]) -> dict[PurePosixPath, bytes]:
    try:
        return format_python(files)
    except ProjectError:
        return {}
