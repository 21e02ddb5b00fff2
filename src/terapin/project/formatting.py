"""Python files formatted by one ruff run over all of them, in a directory of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from .errors import ProjectError

LINE_LENGTH = 100
_MEMORY = "/dev/shm"  # noqa: S108  only the parent of a directory of our own
_OPTIONS = (
    "--isolated",
    "--no-cache",
    "--quiet",
    f"--line-length={LINE_LENGTH}",
    "--target-version=py311",
)


def format_python(files: Mapping[PurePosixPath, bytes]) -> dict[PurePosixPath, bytes]:
    """The same files, formatted. A file that does not parse is an error of ours and raises ProjectError."""
    formatted, complaints = _formatted(files)
    if complaints:
        raise ProjectError("a generated file is not valid Python", complaints)
    return formatted


def format_what_can_be(files: Mapping[PurePosixPath, bytes]) -> dict[PurePosixPath, bytes]:
    """As `format_python`, for files of somebody else's: what ruff cannot read stays as it is."""
    return _formatted(files)[0]


def _formatted(files: Mapping[PurePosixPath, bytes]) -> tuple[dict[PurePosixPath, bytes], str]:
    """And what ruff says of those that it cannot read."""
    python = {path: content for path, content in files.items() if path.suffix == ".py"}
    if not python:
        return dict(files), ""
    place = _in_memory(python.values()) or tempfile.gettempdir()
    try:
        with tempfile.TemporaryDirectory(prefix="terapin-", dir=place) as name:
            formatted, complaints = _formatted_in(Path(name), python)
    except OSError as error:
        raise ProjectError(
            f"cannot format Python in {place}: {error.strerror}",
            "make room there, or name another directory in TMPDIR",
        ) from error
    return {**files, **formatted}, complaints


def _formatted_in(
    root: Path, python: Mapping[PurePosixPath, bytes]
) -> tuple[dict[PurePosixPath, bytes], str]:
    for folder in {path.parent for path in python}:
        (root / folder).mkdir(parents=True, exist_ok=True)
    for path, content in python.items():
        (root / path).write_bytes(content)
    run = subprocess.run(
        [_ruff(), "format", *_OPTIONS, "."],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = run.stderr.strip() or f"ruff ended with {run.returncode}"
    formatted = {path: (root / path).read_bytes() for path in python}
    return formatted, complaints if run.returncode else ""


def _in_memory(contents: Iterable[bytes]) -> str | None:
    """Where files never reach a disk, if there is room: making thousands there takes seconds."""
    needed = sum(2 * len(content) + 8192 for content in contents)
    try:
        room = shutil.disk_usage(_MEMORY).free > needed
    except OSError:
        return None
    return _MEMORY if room and os.access(_MEMORY, os.W_OK) else None


def _ruff() -> str:
    from ruff import find_ruff_bin

    try:
        return str(find_ruff_bin())
    except FileNotFoundError as error:
        raise ProjectError("ruff is not installed", "pip install ruff") from error
