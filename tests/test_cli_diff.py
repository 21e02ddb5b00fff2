"""A diff as a person sees it, and as `git apply` takes it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from terapin.cli.changes import diff_of
from terapin.project.changes import FileChange, How

HOSTILE = b"\x1b]0;owned\x07\x1b[2J\x9b \xc2\x9b a\rb\r\n\t\x0c\xe2\x80\xae\n"


def diff(before: bytes, after: bytes) -> str:
    lines = diff_of(FileChange(PurePosixPath("a.txt"), How.REPLACE, before, after))
    return "".join(f"{line}\n" for line in lines)


def test_a_terminal_is_not_commanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    shown = diff(b"", HOSTILE)
    assert "]0;owned" in shown
    assert shown.replace("\n", "").replace("\t", "").isprintable()


def test_a_program_gets_what_it_is(tmp_path: Path) -> None:
    after = HOSTILE.replace(b"\x9b ", b"", 1)
    (tmp_path / "a.txt").write_bytes(b"a\rb\n")
    subprocess.run(
        ["git", "apply", "--whitespace=nowarn"],
        cwd=tmp_path,
        input=diff(b"a\rb\n", after).encode(),
        check=True,
    )
    assert (tmp_path / "a.txt").read_bytes() == after
