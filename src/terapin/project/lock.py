"""`.terapin/lock.json`: what was written last, and what it was made from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from .errors import ProjectError
from .plan import Ownership, digest

STATE = PurePosixPath(".terapin")
LOCK = STATE / "lock.json"
NAMES = STATE / "names.json"
MODEL = STATE / "model.json"
BASE = STATE / "base"
# Of one working copy, not of the project: version control ignores it.
LOCAL = STATE / "local"
JOURNAL = LOCAL / "journal"
RUNNING = LOCAL / "running"
_VERSION = 2
_REVISIONS = "migrations/versions/*"
_ONTOLOGY = "ontology/*"
_MARKER = b"<<<<<<< "


@dataclass(frozen=True, slots=True)
class Entry:
    """`source` is the digest of what the file is made from, `written` that of what was written.

    `subject` is the IRI that the file is about, if it is about one thing.
    """

    ownership: Ownership
    layer: str
    source: str
    written: str
    subject: str | None = None


@dataclass(frozen=True)
class Lock:
    """`terapin` is the version that wrote it, `digest` that of the file it was read from; both None of a new project."""

    entries: Mapping[PurePosixPath, Entry] = field(default_factory=dict)
    terapin: str | None = None
    digest: str | None = None

    def dump(self) -> bytes:
        """Sorted, a line a file, so that branches merge."""
        return self._content

    @cached_property
    def _content(self) -> bytes:
        lines = ",\n".join(
            json.dumps(
                [
                    str(path),
                    entry.ownership,
                    entry.layer,
                    entry.source,
                    entry.written,
                    entry.subject,
                ]
            )
            for path, entry in sorted(self.entries.items())
        )
        head = f'"version": {_VERSION}, "terapin": {json.dumps(self.terapin)}'
        return f'{{{head}, "files": [\n{lines}\n]}}\n'.encode()

    @classmethod
    def load(cls, root: Path) -> Lock:
        """Raises ProjectError for a lock that nobody can read, or that a later terapin wrote."""
        content = lock_bytes(root)
        return cls() if content is None else cls.parse(content)

    @classmethod
    @lru_cache(maxsize=2)
    def parse(cls, content: bytes) -> Lock:
        try:
            data = _merged(content) if _MARKER in content else json.loads(content)
            if data["version"] > _VERSION:
                raise ProjectError(
                    f"{LOCK} has version {data['version']}, and this terapin reads version {_VERSION}",
                    "upgrade terapin",
                )
            first = data["version"] == 1
            entries = dict(_entry(*line, first=first) for line in data["files"])
            return cls(entries, data.get("terapin", "0.1.0"), digest(content))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ProjectError(
                f"{LOCK} cannot be read: it is not as terapin writes it ({error})",
                "restore it from version control",
            ) from error


def _merged(content: bytes) -> dict[str, Any]:
    """Both sides of a conflict that version control left: each line is complete, and what it says is checked by a run."""
    lines = [line.rstrip(b",") for line in content.splitlines()]
    head = next((line for line in lines if line.startswith(b"{")), b"")
    files = [json.loads(line) for line in lines if line.startswith(b"[")]
    return {**json.loads(head + b"]}"), "files": files}


def history(lock: Lock) -> list[PurePosixPath]:
    """The migrations that terapin wrote."""
    return [path for path, each in lock.entries.items() if each.ownership is Ownership.APPENDED]


def lock_bytes(root: Path) -> bytes | None:
    try:
        return (root / LOCK).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _entry(
    name: str,
    ownership: str,
    layer: str,
    source: str,
    written: str,
    subject: str | None = None,
    *,
    first: bool,
) -> tuple[PurePosixPath, Entry]:
    """A line; the `first` version of the file had no words of their own for migrations and the ontology."""
    path = inside(name)
    is_history = first and path.match(_REVISIONS)
    is_source = first and path.match(_ONTOLOGY)
    owner = Ownership(ownership)
    if is_history:
        owner = Ownership.APPENDED
    elif is_source:
        owner = Ownership.SOURCE
    return path, Entry(owner, layer, source, written, subject)


def inside(name: str) -> PurePosixPath:
    """A path in the project; raises ValueError for one that leads out of it."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise ValueError(f"{name!r} is no path in the project")
    return path
