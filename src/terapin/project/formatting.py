"""Python files formatted by one ruff run over all of them, in a directory of its own."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from .errors import ProjectError

LINE_LENGTH = 100
_OPTIONS = (
    "--isolated",
    "--no-cache",
    "--quiet",
    f"--line-length={LINE_LENGTH}",
    "--target-version=py311",
)


def format_python(files: Mapping[PurePosixPath, bytes]) -> dict[PurePosixPath, bytes]:
    """The same files, formatted. A file that does not parse is an error of ours and raises ProjectError."""
    python = [path for path in files if path.suffix == ".py"]
    if not python:
        return dict(files)
    with tempfile.TemporaryDirectory(prefix="terapin-") as name:
        root = Path(name)
        for path in python:
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(files[path])
        run = subprocess.run(
            [_ruff(), "format", *_OPTIONS, "."],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            raise ProjectError("a generated file is not valid Python", run.stderr.strip())
        return {**files, **{path: (root / path).read_bytes() for path in python}}


def _ruff() -> str:
    from ruff import find_ruff_bin

    try:
        return str(find_ruff_bin())
    except FileNotFoundError as error:
        raise ProjectError("ruff is not installed", "pip install ruff") from error
