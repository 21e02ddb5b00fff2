"""Formatting needs a place to write, which may be full or missing."""

from __future__ import annotations

import tempfile
from pathlib import Path, PurePosixPath

import pytest

from terapin.project import formatting
from terapin.project.errors import ProjectError


def test_a_place_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formatting, "_MEMORY", str(tmp_path / "nowhere"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with pytest.raises(ProjectError, match=r"cannot format Python in .*missing: No such file"):
        formatting.format_python({PurePosixPath("a.py"): b"a = 1\n"})
