"""What changed in a project's own `core/` since the terapin that wrote it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Container, Iterable
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import PurePosixPath

from .. import __version__
from .errors import ProjectError
from .lock import LOCK, Lock


class Kind(StrEnum):
    """In the order in which they are told."""

    SECURITY = "security"
    FIX = "fix"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Note:
    """`module` is a path in `core/`; None concerns every project."""

    version: str
    kind: Kind
    text: str
    module: str | None = None


def installed() -> str:
    """The version of the terapin that runs."""
    return __version__


def since(lock: Lock, notes: Iterable[Note] | None = None) -> list[Note]:
    """What concerns a project, of all versions after the one that wrote it: security first, then the latest.

    Raises ProjectError if a later terapin wrote it: this one would take back what that one mended.
    """
    if lock.terapin is None:
        return []
    if _ordered(lock.terapin) > _ordered(installed()):
        raise ProjectError(
            f"{LOCK} was written by terapin {lock.terapin}, and this is {installed()}",
            "upgrade terapin",
        )
    modules = {_in_core(path) for path, entry in lock.entries.items() if entry.layer == "core"}
    before = _ordered(lock.terapin)
    found = [
        note
        for note in (all_notes() if notes is None else notes)
        if _ordered(note.version) > before and _concerns(note, modules)
    ]
    kinds = list(Kind)
    found.sort(key=lambda note: _ordered(note.version), reverse=True)
    return sorted(found, key=lambda note: kinds.index(note.kind))


def all_notes() -> list[Note]:
    data = tomllib.loads(files("terapin.project").joinpath("notes.toml").read_text("utf-8"))
    return [Note(**{**note, "kind": Kind(note["kind"])}) for note in data["notes"]]


def _in_core(path: PurePosixPath) -> str:
    """Of `shop/core/sources/redis.py`, `sources/redis.py`."""
    return "/".join(path.parts[2:])


def _concerns(note: Note, modules: Container[str]) -> bool:
    return note.module is None or note.module in modules


def _ordered(version: str) -> tuple[int, ...]:
    """The release of a version; what comes before a release counts as it."""
    found = re.match(r"\d+(\.\d+)*", version)
    return tuple(map(int, found.group().split("."))) if found else ()
