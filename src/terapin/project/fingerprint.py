"""Whether anything changed since the last run: answered without reading the ontology or looking into a generated file."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from .files import write
from .lock import LOCAL, LOCK, MODEL, NAMES, lock_bytes
from .manifest import MANIFEST

FINGERPRINT = LOCAL / "fingerprint"


def is_current(root: Path, ontology: Iterable[Path], *, lenient: bool) -> bool:
    """Whether a run would do nothing. What somebody edited does not matter: it would be kept."""
    try:
        inputs, missing = (root / FINGERPRINT).read_text("ascii").split()
        given = {path.name: path.read_bytes() for path in ontology}
        return inputs == _inputs(root, given, lenient) and missing == _missing(root)
    except (OSError, ValueError, LookupError, TypeError):
        return False


def remember(root: Path, ontology: Mapping[str, bytes], *, lenient: bool) -> None:
    """After a run that left nothing to be done. `ontology` has, by name, what was read, not what is there by now."""
    # It saves time, and nothing depends on it.
    with suppress(OSError):
        known = f"{_inputs(root, ontology, lenient)}\n{_missing(root)}\n"
        write(root / FINGERPRINT, known.encode())


def _inputs(root: Path, ontology: Mapping[str, bytes], lenient: bool) -> str:
    found = hashlib.sha256()
    state = {str(path): (root / path).read_bytes() for path in (MANIFEST, LOCK, NAMES, MODEL)}
    for name, content in (*ontology.items(), *state.items()):
        found.update(f"{name}\0".encode())
        found.update(hashlib.sha256(content).digest())
    for word in (f"lenient {lenient}", *generator()):
        found.update(f"{word}\0".encode())
    return found.hexdigest()


def _missing(root: Path) -> str:
    """Of the files that were deleted."""
    files = json.loads(lock_bytes(root) or b"")["files"]
    gone = (path for path, *_ in files if not os.path.exists(f"{root}/{path}"))
    return hashlib.sha256("\0".join(gone).encode()).hexdigest()


@cache
def generator() -> tuple[str, ...]:
    """Terapin itself, by the size and the time of its files."""
    with as_file(files("terapin")) as package:
        stats = {path: path.stat() for path in sorted(package.rglob("*")) if _is_part(path)}
        return tuple(
            f"{path.relative_to(package)} {stat.st_size} {stat.st_mtime_ns}"
            for path, stat in stats.items()
        )


def _is_part(path: Path) -> bool:
    return path.suffix in (".py", ".tera", ".ttl", ".toml")
