"""What is looked through for imports of a module that goes is whatever lies in somebody's directory."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

from terapin.project.changes import ChangeSet, FileChange, How
from terapin.project.lock import Lock
from terapin.project.modules import left_behind

GONE = FileChange(PurePosixPath("shop/models/tag.py"), How.DELETE, b"", None)
CHANGES = ChangeSet((GONE,), (), (), (), (), {}, {}, Lock())


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.symlink_to("nobody@nowhere.1234"),
        lambda path: path.symlink_to(path),
        os.mkfifo,
        Path.mkdir,
        lambda path: path.write_text(f"tag = {'+'.join(['1'] * 20_000)}\n"),
        lambda path: path.write_text(f"tag = {'(' * 20_000}\n"),
        lambda path: path.write_bytes(b"tag = '\0'\n"),
    ],
    ids=["dangling", "loop", "pipe", "directory", "sum", "brackets", "zero"],
)
def test_what_cannot_be_read_keeps_nothing_from_being_told(
    make: Callable[[Path], object], tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text("from shop.models import tag\n")
    make(tmp_path / "odd.py")
    left = left_behind(tmp_path, CHANGES)
    assert [each.code for each in left.diagnostics] == ["missing-module"]
    assert list(left.texts) == ["mine.py"]
