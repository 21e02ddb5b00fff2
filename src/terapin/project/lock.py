"""`.terapin/lock.json`: what was written last, and what it was made from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from .errors import ProjectError
from .plan import Ownership

STATE = PurePosixPath(".terapin")
LOCK = STATE / "lock.json"
NAMES = STATE / "names.json"
MODEL = STATE / "model.json"
BASE = STATE / "base"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """`source` is the digest of what the file is made from, `written` that of what was written."""

    ownership: Ownership
    layer: str
    source: str
    written: str


@dataclass(frozen=True, slots=True)
class Lock:
    entries: Mapping[PurePosixPath, Entry] = field(default_factory=dict)

    def dump(self) -> bytes:
        """Sorted, a line a file, so that branches merge."""
        lines = ",\n".join(
            json.dumps([str(path), entry.ownership, entry.layer, entry.source, entry.written])
            for path, entry in sorted(self.entries.items())
        )
        return f'{{"version": {_VERSION}, "files": [\n{lines}\n]}}\n'.encode()

    @classmethod
    def load(cls, root: Path) -> Lock:
        path = root / LOCK
        if not path.exists():
            return cls()
        try:
            data = json.loads(path.read_bytes())
            if data["version"] != _VERSION:
                raise ProjectError(
                    f"{LOCK} has version {data['version']}, and this terapin reads version {_VERSION}",
                    "upgrade terapin",
                )
            return cls(
                {
                    PurePosixPath(name): Entry(Ownership(ownership), layer, source, written)
                    for name, ownership, layer, source, written in data["files"]
                }
            )
        except (ValueError, KeyError, TypeError) as error:
            raise ProjectError(
                f"{LOCK} cannot be read: {error}",
                "it is written by terapin only: restore it from version control",
            ) from error
