"""A run killed between any two of its operations on files, and what the next run makes of it."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePosixPath

import pytest

from terapin.project.apply import apply, base, complete
from terapin.project.disk import Disk
from terapin.project.errors import ProjectError
from terapin.project.lock import JOURNAL, LOCAL, LOCK, NAMES, Lock
from terapin.project.plan import Ownership, PlannedFile
from terapin.project.reconcile import Desired, origins, reconcile

_OPERATIONS = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "open"}

Tree = dict[str, bytes]


def generate(root: Path, files: list[PlannedFile]) -> None:
    """A run as the command makes it, first completing what was interrupted."""
    complete(root)
    planned = {file.path: file for file in files}
    lock = Lock.load(root)
    desired = Desired(
        planned=planned,
        sources={path: plan.digest({}) for path, plan in planned.items()},
        origins=origins(planned, lock, {}),
        rendered={path: plan.content or b"" for path, plan in planned.items()},
    )
    changes = reconcile(desired, lock, Disk(root), partial(base, root))
    assert not changes.conflicts
    apply(root, changes, {NAMES: b"{}\n"})


def module(name: str, subject: str, content: bytes) -> PlannedFile:
    return PlannedFile(PurePosixPath("shop", name), "models", subject=subject, content=content)


BEFORE = [
    module("a.py", "ex:A", b"a = 1\n\n\n"),
    module("b.py", "ex:B", b"b = 1\n\n\n"),
    module("old.py", "ex:C", b"c = 1\n\n\n"),
    module("deep/down/gone.py", "ex:D", b"d = 1\n"),
    module("edited.py", "ex:E", b"e = 1\n\n\n"),
]
AFTER = [
    module("b.py", "ex:A", b"a = 2\n\n\n"),
    module("a.py", "ex:B", b"b = 1\n\n\n"),
    module("new.py", "ex:C", b"c = 2\n\n\n"),
    module("edited.py", "ex:E", b"e = 2\n\n\n"),
    module("further/down/made.py", "ex:F", b"f = 1\n"),
    PlannedFile(PurePosixPath("README.md"), "skeleton", Ownership.SEEDED, content=b"read\n"),
]
MINE = {
    "shop/a.py": b"a = 1\n\n\nmine = 'a'\n",
    "shop/b.py": b"b = 1\n\n\nmine = 'b'\n",
    "shop/old.py": b"c = 1\n\n\nmine = 'c'\n",
    "shop/edited.py": b"e = 1\n\n\nmine = 'e'\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with edits everywhere."""
    generate(tmp_path / "project", BEFORE)
    for name, content in MINE.items():
        (tmp_path / "project" / name).write_bytes(content)
    return tmp_path / "project"


def tree(root: Path) -> Tree:
    """All files but those of the working copy alone."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and "local" not in path.parts
    }


def in_a_process(root: Path, *, at: int, happens: Callable[[], None]) -> int:
    """How a run ends. Before its operation number `at` on files of the project, and every later one, `happens`."""
    child = os.fork()
    if not child:
        count = 0

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal count
            if event in _OPERATIONS and _changes(root, event, arguments):
                count += 1
                if count >= at:
                    happens()

        sys.addaudithook(hook)
        try:
            generate(root, AFTER)
        except ProjectError:
            os._exit(TOLD)
        except BaseException:
            os._exit(FELL)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


TOLD, FELL = 3, 4


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refuse() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def _changes(root: Path, event: str, arguments: tuple[object, ...]) -> bool:
    flags = arguments[2] if event == "open" else os.O_RDWR
    writes = isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))
    return writes and str(arguments[0]).startswith(str(root))


def test_a_run_killed_anywhere_is_completed_by_the_next(root: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(root, whole)
    generate(whole, AFTER)
    expected = tree(whole)
    assert expected["shop/b.py"] == b"a = 2\n\n\nmine = 'a'\n"
    assert expected["shop/new.py"] == b"c = 2\n\n\nmine = 'c'\n"
    assert "shop/deep/down/gone.py" not in expected

    for at in range(1, 200):
        copy = tmp_path / f"killed-{at}"
        shutil.copytree(root, copy)
        if in_a_process(copy, at=at, happens=die) == 0:
            break
        in_a_process(copy, at=at % 7 + 1, happens=die)
        assert_nothing_is_lost(copy)
        generate(copy, AFTER)
        assert tree(copy) == expected, at
        assert not list(copy.rglob(".?*.terapin")), "nothing half-written stays"
        shutil.rmtree(copy)
    assert at > 40, "the run has that many operations"


def test_a_disk_that_refuses_is_told_and_the_next_run_does_the_rest(
    root: Path, tmp_path: Path
) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(root, whole)
    generate(whole, AFTER)
    for at in range(1, 200, 3):
        copy = tmp_path / f"full-{at}"
        shutil.copytree(root, copy)
        ended = in_a_process(copy, at=at, happens=refuse)
        if ended == 0:
            break
        assert ended == TOLD, at
        assert_nothing_is_lost(copy)
        generate(copy, AFTER)
        assert tree(copy) == tree(whole), at
        shutil.rmtree(copy)
    assert at > 40


def test_a_disk_that_takes_nothing_is_left_as_it_was(root: Path) -> None:
    before = tree(root)
    assert in_a_process(root, at=1, happens=refuse) == TOLD
    assert tree(root) == before


def assert_nothing_is_lost(root: Path) -> None:
    kept = b"".join(tree(root).values()) + _journal(root)
    assert all(f"mine = '{each}'".encode() in kept for each in "abce")


def _journal(root: Path) -> bytes:
    try:
        return (root / JOURNAL).read_bytes()
    except FileNotFoundError:
        return b""


def test_what_is_written_between_the_death_and_the_next_run_stays(root: Path) -> None:
    interrupted(root)
    (root / "shop/edited.py").write_bytes(b"e = 1\n\n\nmine = 'late'\n")
    generate(root, AFTER)
    assert (root / "shop/edited.py").read_bytes() == b"e = 2\n\n\nmine = 'late'\n"


def test_a_file_that_somebody_wrote_where_one_was_made_is_merged_from_then_on(root: Path) -> None:
    interrupted(root)
    made = root / "shop/further/down/made.py"
    made.parent.mkdir(parents=True, exist_ok=True)
    made.write_bytes(b"f = 1\nmine = 'late'\n")
    generate(root, AFTER)
    assert made.read_bytes() == b"f = 1\nmine = 'late'\n"


def test_a_journal_of_another_branch_is_set_aside(root: Path) -> None:
    before = tree(root)
    interrupted(root)
    journal = _journal(root)
    other = Lock(dict(list(Lock.load(root).entries.items())[:-1]), "0.2.0").dump()
    (root / LOCK).write_bytes(other)
    assert "lies in" in (complete(root) or "")
    assert (root / LOCAL / "journal.aside").read_bytes() == journal
    now = tree(root)
    assert all(now[name] == content for name, content in before.items() if name != str(LOCK))


@pytest.mark.parametrize(
    ("part", "entry"),
    [
        ("steps", ["../../victim", None, False]),
        ("steps", ["/tmp/victim", None, False]),
        ("state", "../../victim"),
        ("state", "/tmp/victim"),
        ("state", "terapin.toml"),
    ],
)
def test_a_journal_that_leads_elsewhere_is_refused(root: Path, part: str, entry: object) -> None:
    head = {"began": None, "steps": [], "state": [], "sizes": [1, 0], part: [entry]}
    (root / JOURNAL).write_bytes(json.dumps(head).encode() + b"\nx")
    with pytest.raises(ProjectError, match="cannot be read"):
        complete(root)


def interrupted(root: Path) -> None:
    """A run that died when its journal was there, and nothing else yet."""
    at = 1
    while not (root / JOURNAL).exists():
        in_a_process(root, at=at, happens=die)
        at += 1
