"""What a project is told that an earlier terapin wrote."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from terapin.layers.runtime import modules
from terapin.project.errors import ProjectError
from terapin.project.lock import Entry, Lock
from terapin.project.notes import Kind, Note, all_notes, installed, since
from terapin.project.plan import Ownership

NOTES = [
    Note("0.3.0", Kind.CHANGE, "a"),
    Note("0.2.1", Kind.SECURITY, "b", "etags.py"),
    Note("0.10.0", Kind.SECURITY, "c", "etags.py"),
    Note("0.3.0", Kind.FIX, "d", "domain_types.py"),
    Note("0.2.0", Kind.SECURITY, "e"),
    Note("0.3.0", Kind.FIX, "f", "sources/redis.py"),
    Note("0.3.0", Kind.FIX, "g", "documents/redis.py"),
]


def lock(version: str | None) -> Lock:
    paths = map(PurePosixPath, ("shop/core/etags.py", "shop/core/sources/redis.py"))
    return Lock({path: Entry(Ownership.MANAGED, "core", "", "") for path in paths}, version)


def test_security_first_then_the_latest_and_only_what_the_project_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("terapin.project.notes.installed", lambda: "0.11.0")
    assert [note.text for note in since(lock("0.2.0"), NOTES)] == ["c", "b", "f", "a"]
    assert not since(lock("0.10.0"), NOTES)
    assert not since(lock(None), NOTES)


def test_a_project_of_a_later_terapin_is_refused() -> None:
    with pytest.raises(ProjectError, match="was written by terapin 99"):
        since(lock("99.0"), NOTES)


def test_notes_are_of_modules_and_versions_that_exist() -> None:
    core = {str(path) for path in modules("terapin.runtime.core")}
    for note in all_notes():
        assert note.module is None or note.module in core
        assert tuple(map(int, note.version.split("."))) <= tuple(map(int, installed().split(".")))
