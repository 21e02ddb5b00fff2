"""The table of `terapin.project.reconcile`, row by row, on a real directory."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from terapin.project.apply import apply, base
from terapin.project.errors import ProjectError
from terapin.project.lock import LOCK, Lock
from terapin.project.plan import Ownership, PlannedFile, digest
from terapin.project.reconcile import ChangeSet, Disk, reconcile

MANAGED = PurePosixPath("shop/models/user.py")
SEEDED = PurePosixPath("shop/services/user.py")


def run(root: Path, files: dict[PurePosixPath, bytes], *, restore: bool = False) -> ChangeSet:
    """Reconcile and, where there is no conflict, apply."""
    planned = {
        path: PlannedFile(
            path,
            "layer",
            Ownership.SEEDED if path == SEEDED else Ownership.MANAGED,
            content=content,
        )
        for path, content in files.items()
    }
    sources = {path: plan.digest({}) for path, plan in planned.items()}
    lock = Lock.load(root)
    rendered = {
        path: content
        for path, content in files.items()
        if restore or path not in lock.entries or lock.entries[path].source != sources[path]
    }
    changes = reconcile(planned, sources, rendered, lock, Disk(root), restore=restore)
    if not changes.conflicts:
        apply(root, changes, {})
    return changes


@pytest.fixture
def root(tmp_path: Path) -> Path:
    run(tmp_path, {MANAGED: b"a = 1\n", SEEDED: b"b = 1\n"})
    return tmp_path


def test_writes_what_is_new_and_keeps_pristine_copies(root: Path) -> None:
    assert (root / MANAGED).read_bytes() == b"a = 1\n"
    assert base(root, digest(b"a = 1\n")) == b"a = 1\n"
    assert len((root / LOCK).read_text().splitlines()) == 2 + 2


def test_nothing_changed_writes_nothing(root: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    assert run(root, {MANAGED: b"a = 1\n", SEEDED: b"b = 1\n"}).empty
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


def test_untouched_is_replaced(root: Path) -> None:
    run(root, {MANAGED: b"a = 2\n", SEEDED: b"b = 1\n"})
    assert (root / MANAGED).read_bytes() == b"a = 2\n"
    assert base(root, digest(b"a = 1\n")) is None


@pytest.mark.parametrize("disk", [b"a = 1\r\n", b"a  =  1\n"])
def test_line_endings_and_formatting_are_no_edit(root: Path, disk: bytes) -> None:
    (root / MANAGED).write_bytes(disk)
    run(root, {MANAGED: b"a = 2\n", SEEDED: b"b = 1\n"})
    assert (root / MANAGED).read_bytes() == b"a = 2\n"


def test_edited_is_kept_while_the_output_is_the_same(root: Path) -> None:
    (root / MANAGED).write_bytes(b"a = 3\n")
    assert run(root, {MANAGED: b"a = 1\n", SEEDED: b"b = 1\n"}).empty
    assert (root / MANAGED).read_bytes() == b"a = 3\n"


def test_edited_and_changed_is_a_conflict_and_nothing_is_written(root: Path) -> None:
    (root / MANAGED).write_bytes(b"a = 3\n")
    other = PurePosixPath("new.py")
    changes = run(root, {MANAGED: b"a = 2\n", SEEDED: b"b = 1\n", other: b""})
    assert [conflict.path for conflict in changes.conflicts] == [MANAGED]
    assert (root / MANAGED).read_bytes() == b"a = 3\n"
    assert not (root / other).exists()


def test_edited_to_what_it_becomes_is_no_conflict(root: Path) -> None:
    (root / MANAGED).write_bytes(b"a = 2\n")
    assert not run(root, {MANAGED: b"a = 2\n", SEEDED: b"b = 1\n"}).conflicts


def test_deleted_stays_deleted(root: Path) -> None:
    (root / MANAGED).unlink()
    run(root, {MANAGED: b"a = 2\n", SEEDED: b"b = 1\n"})
    run(root, {MANAGED: b"a = 3\n", SEEDED: b"b = 1\n"})
    assert not (root / MANAGED).exists()


def test_deleted_is_restored_on_demand_and_edits_are_not(root: Path) -> None:
    (root / MANAGED).unlink()
    (root / SEEDED).write_bytes(b"mine = 1\n")
    run(root, {MANAGED: b"a = 1\n", SEEDED: b"b = 1\n"}, restore=True)
    assert (root / MANAGED).read_bytes() == b"a = 1\n"
    assert (root / SEEDED).read_bytes() == b"mine = 1\n"


def test_seeded_is_never_touched(root: Path) -> None:
    (root / SEEDED).write_bytes(b"mine = 1\n")
    changes = run(root, {MANAGED: b"a = 1\n", SEEDED: b"b = 2\n"})
    assert changes.outdated == (SEEDED,)
    assert (root / SEEDED).read_bytes() == b"mine = 1\n"


def test_no_longer_planned_is_deleted_with_its_directory(root: Path) -> None:
    run(root, {SEEDED: b"b = 1\n"})
    assert not (root / "shop/models").exists()
    assert (root / SEEDED).exists()


def test_no_longer_planned_but_edited_is_left_and_told(root: Path) -> None:
    (root / MANAGED).write_bytes(b"a = 3\n")
    changes = run(root, {SEEDED: b"b = 1\n"})
    assert changes.orphans == (MANAGED,)
    assert (root / MANAGED).read_bytes() == b"a = 3\n"


def test_a_foreign_file_is_a_conflict(root: Path) -> None:
    foreign = PurePosixPath("README.md")
    (root / foreign).write_bytes(b"mine")
    changes = run(root, {MANAGED: b"a = 1\n", SEEDED: b"b = 1\n", foreign: b"theirs"})
    assert [conflict.path for conflict in changes.conflicts] == [foreign]
    assert (root / foreign).read_bytes() == b"mine"


def test_a_run_that_lost_its_lock_is_completed(root: Path) -> None:
    (root / LOCK).unlink()
    assert not run(root, {MANAGED: b"a = 1\n", SEEDED: b"b = 1\n"}).conflicts
    assert set(Lock.load(root).entries) == {MANAGED, SEEDED}


def test_symbolic_links_are_refused(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (root / "linked").symlink_to(outside)
    with pytest.raises(ProjectError, match="symbolic link"):
        run(root, {PurePosixPath("linked/x.py"): b""})
    assert not list(outside.iterdir())


def test_an_unreadable_lock_is_an_error_with_a_way_out(root: Path) -> None:
    (root / LOCK).write_text("<<<<<<< ours")
    with pytest.raises(ProjectError, match=r"lock\.json cannot be read"):
        Lock.load(root)


def test_what_cannot_be_written_is_said_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "shop").write_text("a file where a directory is needed")
    with pytest.raises(ProjectError, match="shop"):
        run(tmp_path, {MANAGED: b""})
