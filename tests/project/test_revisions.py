"""Migrations on disk, read and not run."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from terapin.project.errors import ProjectError
from terapin.project.history import History, Revision
from terapin.project.revisions import read_revisions


def written(root: Path, **sources: str) -> Path:
    versions = root / "migrations" / "versions"
    versions.mkdir(parents=True)
    for name, source in sources.items():
        (versions / f"{name}.py").write_text(source)
    return root


def test_all_forms_are_read(tmp_path: Path) -> None:
    root = written(
        tmp_path,
        a='revision = "1"\ndown_revision = None\nraise SystemExit("run")\n',
        b='revision: str = "2"\ndown_revision: str | None = "1"\n',
        c='"""In it:\ndef f\n"""\nrevision = "3"\ndown_revision = ("1", "2")\n',
        helpers='NAMES = open("x")\n',
    )
    assert [(each.id, each.parents) for each in read_revisions(root)] == [
        ("1", ()),
        ("2", ("1",)),
        ("3", ("1", "2")),
    ]


def test_a_project_without_migrations_has_none_to_follow(tmp_path: Path) -> None:
    history = History(revisions=read_revisions(tmp_path))
    with pytest.raises(ProjectError, match="no migration in migrations/versions") as raised:
        _ = history.head
    assert "version control" in raised.value.notes[0]


@pytest.mark.parametrize(
    "source", ["<<<<<<< ours\n", f"x = {'1+' * 20_000}1\n", f"x = {'-' * 20_000}1\n"]
)
def test_one_that_is_no_python_is_named(tmp_path: Path, source: str) -> None:
    with pytest.raises(ProjectError, match=r"migrations/versions/a\.py cannot be read"):
        read_revisions(written(tmp_path, a=source))


def test_what_is_no_constant_is_passed_over(tmp_path: Path) -> None:
    root = written(tmp_path, a='revision = "1"\nnames = {[]: 1}\ndown_revision = str(2)\n')
    assert [(each.id, each.parents) for each in read_revisions(root)] == [("1", ())]


def test_the_lock_of_an_editor_is_no_revision(tmp_path: Path) -> None:
    root = written(tmp_path, a='revision = "1"\n')
    (root / "migrations/versions/.#a.py").symlink_to("somebody@here.1234")
    (root / "migrations/versions/old.py").mkdir()
    assert [each.id for each in read_revisions(root)] == ["1"]


def test_the_same_revision_twice_is_refused(tmp_path: Path) -> None:
    root = written(tmp_path, a='revision = "1"\n', b='revision = "1"\n')
    with pytest.raises(ProjectError, match=r"called 1: .*a\.py and .*b\.py"):
        read_revisions(root)


def test_numbers_go_on_after_the_highest() -> None:
    names = ("0001_initial.py", "0007_later.py", "20250101_dated.py", "cafe_by_hand.py")
    revisions = tuple(Revision(name, (), PurePosixPath(name)) for name in names)
    assert History(revisions=revisions).next_number == 8
