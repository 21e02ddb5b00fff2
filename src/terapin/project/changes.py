"""What a generation would do to the files of a project, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from .lock import Lock


class How(StrEnum):
    """MARK is a merge that left markers in the file, for somebody to choose."""

    CREATE = "create"
    REPLACE = "replace"
    MERGE = "merge"
    MARK = "mark"
    MOVE = "move"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file to be written or, without `after`, deleted. `origin` is where it was if it moves, `was` what it was there."""

    path: PurePosixPath
    how: How
    was: bytes | None
    after: bytes | None
    origin: PurePosixPath | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """`yours` and `generated` differ in what clashes only. A file of the user's own is `foreign`."""

    path: PurePosixPath
    reason: str
    yours: bytes
    generated: bytes
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Outdated:
    """A seeded file that would be written differently today; `written` is None if nobody knows what it was."""

    path: PurePosixPath
    written: bytes | None
    today: bytes


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """`replaced` has what is on disk at the paths of `changes`; `missing` are files that the user deleted."""

    changes: tuple[FileChange, ...]
    conflicts: tuple[Conflict, ...]
    orphans: tuple[PurePosixPath, ...]
    outdated: tuple[Outdated, ...]
    missing: tuple[PurePosixPath, ...]
    replaced: Mapping[PurePosixPath, bytes | None]
    bases: Mapping[str, bytes]
    lock: Lock

    @property
    def empty(self) -> bool:
        return not self.changes
