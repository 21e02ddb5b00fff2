"""The table of `terapin.project.reconcile`, row by row, on a real directory."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path, PurePosixPath

import pytest

from terapin.project.apply import apply, base, restore_history
from terapin.project.changes import ChangeSet, How
from terapin.project.disk import Disk
from terapin.project.errors import ProjectError
from terapin.project.lock import LOCK, Lock
from terapin.project.plan import Ownership, PlannedFile, digest
from terapin.project.reconcile import Desired, Options, origins, reconcile

MANAGED = PurePosixPath("shop/models/user.py")
SEEDED = PurePosixPath("shop/services/user.py")
FIELDS = b"class User:\n    name = 1\n    email = 2\n    age = 3\n"


def planned_file(path: PurePosixPath, content: bytes, subject: str | None = None) -> PlannedFile:
    owner = Ownership.SEEDED if "services" in path.parts else Ownership.MANAGED
    return PlannedFile(path, path.parent.name, owner, subject, content=content)


def run(
    root: Path,
    files: dict[PurePosixPath, bytes] | list[PlannedFile],
    formerly: dict[str, str] | None = None,
    **options: bool,
) -> ChangeSet:
    """Reconcile and, where there is no conflict, apply."""
    if isinstance(files, dict):
        files = [planned_file(path, content) for path, content in files.items()]
    planned = {file.path: file for file in files}
    lock = Lock.load(root)
    desired = Desired(
        planned=planned,
        sources={path: plan.digest({}) for path, plan in planned.items()},
        origins=origins(planned, lock, formerly or {}),
        rendered={path: plan.content or b"" for path, plan in planned.items()},
    )
    changes = reconcile(desired, lock, Disk(root), partial(base, root), Options(**options))
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


@pytest.mark.parametrize(
    "disk", [b"# coding: latin-1\na = '\xe9'\n", b"a = (\n"], ids=["latin-1", "not Python"]
)
def test_what_ruff_cannot_read_is_edited_and_the_others_are_formatted(
    tmp_path: Path, disk: bytes
) -> None:
    other = MANAGED.with_name("tag.py")
    before, after = ({MANAGED: text, other: text} for text in (b"a = 1\n", b"a = 2\n"))
    run(tmp_path, before)
    (tmp_path / MANAGED).write_bytes(disk)
    (tmp_path / other).write_bytes(b"a  =  1\n")
    changes = run(tmp_path, after)
    assert [each.path for each in changes.conflicts] == [MANAGED]
    assert [(each.path, each.how) for each in changes.changes] == [(other, How.REPLACE)]


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
    assert [each.path for each in changes.outdated] == [SEEDED]
    assert changes.outdated[0].written == b"b = 1\n"
    assert changes.outdated[0].today == b"b = 2\n"
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


def test_a_symbolic_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / MANAGED.parent).symlink_to("models")
    with pytest.raises(ProjectError, match="symbolic link"):
        run(tmp_path, {MANAGED: b"a = 1\n"})


def test_an_unreadable_lock_is_an_error_with_a_way_out(root: Path) -> None:
    (root / LOCK).write_text("<<<<<<< ours")
    with pytest.raises(ProjectError, match=r"lock\.json cannot be read"):
        Lock.load(root)


def test_what_cannot_be_written_is_said_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "shop").write_text("a file where a directory is needed")
    with pytest.raises(ProjectError, match="shop"):
        run(tmp_path, {MANAGED: b""})


def test_an_edit_and_a_change_of_other_lines_are_both_kept(root: Path) -> None:
    run(root, {MANAGED: FIELDS})
    (root / MANAGED).write_bytes(FIELDS.replace(b"age = 3", b"age = 3\n    mine = 4"))
    changes = run(root, {MANAGED: FIELDS.replace(b"name = 1", b"name = 10")})
    assert [change.how for change in changes.changes] == [How.MERGE]
    merged = (root / MANAGED).read_bytes()
    assert merged == b"class User:\n    name = 10\n    email = 2\n    age = 3\n    mine = 4\n"
    assert run(root, {MANAGED: FIELDS.replace(b"name = 1", b"name = 10")}).empty


def test_a_merge_keeps_line_endings(root: Path) -> None:
    run(root, {MANAGED: FIELDS})
    (root / MANAGED).write_bytes(FIELDS.replace(b"age = 3", b"mine = 4").replace(b"\n", b"\r\n"))
    run(root, {MANAGED: FIELDS.replace(b"name = 1", b"name = 10")})
    merged = (root / MANAGED).read_bytes()
    assert merged == b"class User:\r\n    name = 10\r\n    email = 2\r\n    mine = 4\r\n"


def test_one_other_line_ending_does_not_make_all_of_them_others(root: Path) -> None:
    run(root, {MANAGED: FIELDS})
    (root / MANAGED).write_bytes(FIELDS.replace(b"name = 1\n", b"name = 5\r\n"))
    run(root, {MANAGED: FIELDS + b"    city = 4\n"})
    merged = (root / MANAGED).read_bytes()
    assert merged == FIELDS.replace(b"name = 1", b"name = 5") + b"    city = 4\n"


def test_an_import_that_only_one_side_still_needs_keeps_its_line(root: Path) -> None:
    run(root, {MANAGED: b"from a import x\nfrom b import z\n\nu = z\n"})
    (root / MANAGED).write_bytes(b"from a import x, y\nfrom b import z\n\nu = z\n")
    run(root, {MANAGED: b"from b import z\n\nu = z\n"})
    assert (root / MANAGED).read_bytes() == b"from a import y\nfrom b import z\n\nu = z\n"


def test_a_clash_shows_both_sides_and_nothing_else(root: Path) -> None:
    run(root, {MANAGED: FIELDS})
    (root / MANAGED).write_bytes(FIELDS.replace(b"age = 3", b"age = 33"))
    (conflict,) = run(
        root, {MANAGED: FIELDS.replace(b"name = 1", b"name = 10").replace(b"age = 3", b"age = 4")}
    ).conflicts
    assert conflict.yours == b"class User:\n    name = 10\n    email = 2\n    age = 33\n"
    assert conflict.generated == b"class User:\n    name = 10\n    email = 2\n    age = 4\n"


def test_markers_on_demand(root: Path) -> None:
    run(root, {MANAGED: FIELDS})
    (root / MANAGED).write_bytes(FIELDS.replace(b"age = 3", b"age = 33"))
    changed = {MANAGED: FIELDS.replace(b"age = 3", b"age = 4")}
    run(root, changed, markers=True)
    marked = (root / MANAGED).read_bytes()
    assert marked.splitlines()[3:] == [
        b"<<<<<<< yours",
        b"    age = 33",
        b"||||||| generated before",
        b"    age = 3",
        b"=======",
        b"    age = 4",
        b">>>>>>> generated now",
    ]
    assert run(root, changed).empty, "markers stop nothing"


def test_a_merge_that_would_not_parse_is_a_conflict(root: Path) -> None:
    run(root, {MANAGED: b"x = (\n    1,\n    2,\n)\n"})
    (root / MANAGED).write_bytes(b"x = [\n    1,\n    2,\n]\n")
    changes = run(root, {MANAGED: b"x = (\n    1,\n    3,\n)\n"})
    assert not changes.conflicts
    changes = run(root, {MANAGED: b"x = (\n    1,\n    3,\n)  # closed\n"})
    assert [conflict.path for conflict in changes.conflicts] == [MANAGED]


def test_a_copy_of_what_somebody_said_is_never_merged(root: Path) -> None:
    path = PurePosixPath("ontology/a.ttl")
    source = [PlannedFile(path, "skeleton", Ownership.SOURCE, content=b"1\n2\n3\n")]
    run(root, source)
    (root / path).write_bytes(b"1\n2\n33\n")
    changed = [PlannedFile(path, "skeleton", Ownership.SOURCE, content=b"11\n2\n3\n")]
    assert run(root, changed).conflicts
    assert run(root, changed, markers=True).conflicts


PERSON = PurePosixPath("shop/models/person.py")
PERSONS = PurePosixPath("shop/services/person.py")


def test_what_has_another_path_is_moved_with_what_was_written_in_it(tmp_path: Path) -> None:
    service = b"class UserService:\n    pass\n\n\n"
    run(
        tmp_path,
        [planned_file(MANAGED, FIELDS, "ex:User"), planned_file(SEEDED, service, "ex:User")],
    )
    (tmp_path / MANAGED).write_bytes(FIELDS + b"    mine = 4\n")
    (tmp_path / SEEDED).write_bytes(service + b"def mine() -> None: ...\n")
    changes = run(
        tmp_path,
        [
            planned_file(PERSON, FIELDS.replace(b"User", b"Person"), "ex:Person"),
            planned_file(PERSONS, service.replace(b"User", b"Person"), "ex:Person"),
        ],
        {"ex:Person": "ex:User"},
    )
    assert {change.how for change in changes.changes} == {How.MOVE, How.DELETE}
    assert not (tmp_path / MANAGED).exists()
    assert not (tmp_path / SEEDED).exists()
    assert (tmp_path / PERSON).read_bytes() == FIELDS.replace(
        b"User", b"Person"
    ) + b"    mine = 4\n"
    moved = (tmp_path / PERSONS).read_bytes()
    assert moved == service.replace(b"User", b"Person") + b"def mine() -> None: ...\n"


def test_two_files_that_change_places_keep_what_was_written_in_them(tmp_path: Path) -> None:
    a, b = b"a = 1\n\n\n", b"b = 1\n\n\n"
    run(tmp_path, [planned_file(MANAGED, a, "ex:A"), planned_file(PERSON, b, "ex:B")])
    (tmp_path / MANAGED).write_bytes(a + b"mine = 'a'\n")
    (tmp_path / PERSON).write_bytes(b + b"mine = 'b'\n")
    run(tmp_path, [planned_file(PERSON, a, "ex:A"), planned_file(MANAGED, b, "ex:B")])
    assert (tmp_path / PERSON).read_bytes() == a + b"mine = 'a'\n"
    assert (tmp_path / MANAGED).read_bytes() == b + b"mine = 'b'\n"


def test_a_deleted_file_stays_deleted_where_it_moves(tmp_path: Path) -> None:
    run(tmp_path, [planned_file(MANAGED, FIELDS, "ex:User")])
    (tmp_path / MANAGED).unlink()
    changes = run(tmp_path, [planned_file(PERSON, FIELDS, "ex:User")])
    assert not (tmp_path / PERSON).exists()
    assert changes.missing == (PERSON,)


def test_history_is_kept_though_nothing_plans_it(tmp_path: Path) -> None:
    first = PurePosixPath("migrations/versions/0001_initial.py")
    run(tmp_path, [PlannedFile(first, "migrations", Ownership.APPENDED, content=b"1\n")])
    assert run(tmp_path, []).empty
    assert first in Lock.load(tmp_path).entries


def test_a_second_run_in_between_is_told(root: Path) -> None:
    stale = Lock.load(root)
    run(root, {MANAGED: b"a = 2\n"})
    planned = {MANAGED: planned_file(MANAGED, b"a = 3\n")}
    desired = Desired(
        planned=planned, sources={MANAGED: ""}, origins={}, rendered={MANAGED: b"a = 3\n"}
    )
    changes = reconcile(desired, stale, Disk(root), partial(base, root))
    with pytest.raises(ProjectError, match="another run"):
        apply(root, changes, {})


def test_a_lock_of_the_first_version_is_read(root: Path) -> None:
    line = '["migrations/versions/0001_initial.py", "seeded", "migrations", "s", "w"]'
    (root / LOCK).write_text(f'{{"version": 1, "files": [{line}]}}')
    lock = Lock.load(root)
    assert lock.terapin == "0.1.0"
    assert [entry.ownership for entry in lock.entries.values()] == [Ownership.APPENDED]


ONTOLOGY = PurePosixPath("ontology/a.ttl")


def source(content: bytes) -> PlannedFile:
    return PlannedFile(ONTOLOGY, "skeleton", Ownership.SOURCE, content=content)


def test_an_ontology_that_nobody_wrote_in_gives_way_to_what_is_given(root: Path) -> None:
    run(root, [source(b"1\n")])
    run(root, [source(b"2\n")])
    assert (root / ONTOLOGY).read_bytes() == b"2\n"


def test_an_ontology_that_somebody_wrote_in_does_not_though_it_was_generated_from(
    root: Path,
) -> None:
    run(root, [source(b"1\n")])
    (root / ONTOLOGY).write_bytes(b"mine\n")
    assert run(root, [source(b"mine\n")]).empty
    assert run(root, [source(b"1\n")]).conflicts
    assert (root / ONTOLOGY).read_bytes() == b"mine\n"


def test_an_ontology_that_is_listed_no_more_stays(root: Path) -> None:
    run(root, [source(b"1\n")])
    assert run(root, []).orphans == ()
    assert (root / ONTOLOGY).read_bytes() == b"1\n"


def test_a_seeded_file_that_was_there_before_is_taken_as_the_users(root: Path) -> None:
    run(root, {})
    (root / SEEDED).parent.mkdir(parents=True)
    (root / SEEDED).write_bytes(b"b = 1\nmine = 2\n")
    changes = run(root, {SEEDED: b"b = 1\n"})
    assert changes.empty
    assert not changes.conflicts
    assert (root / SEEDED).read_bytes() == b"b = 1\nmine = 2\n"
    assert SEEDED in Lock.load(root).entries


def test_markers_for_a_file_of_the_users(root: Path) -> None:
    foreign = PurePosixPath("README.md")
    (root / foreign).write_bytes(b"mine\n")
    run(root, {foreign: b"theirs\n"}, markers=True)
    lines = (root / foreign).read_bytes().splitlines()
    assert [line for line in lines if line in (b"mine", b"theirs")] == [b"mine", b"theirs"]


def test_a_deleted_file_that_comes_back_as_it_was_is_brought_up_to_date(root: Path) -> None:
    (root / MANAGED).unlink()
    run(root, {MANAGED: b"a = 2\n"})
    (root / MANAGED).write_bytes(b"a = 1\n")
    run(root, {MANAGED: b"a = 2\n"})
    assert (root / MANAGED).read_bytes() == b"a = 2\n"


def test_a_deleted_migration_is_restored_on_demand(root: Path) -> None:
    first = PurePosixPath("migrations/versions/0001_initial.py")
    run(root, [PlannedFile(first, "migrations", Ownership.APPENDED, content=b"1\n")])
    (root / first).unlink()
    assert run(root, []).missing == (first,)
    assert not (root / first).exists()
    restore_history(root)
    assert (root / first).read_bytes() == b"1\n"


def test_what_is_not_terapins_among_the_pristine_copies_stays(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    thesis = outside / ("0" * 30)
    thesis.write_text("years of work")
    (root / ".terapin/base/00").symlink_to(outside)
    (root / ".terapin/base/notes").mkdir()
    (root / ".terapin/base/notes/mine.txt").write_text("mine")
    run(root, {MANAGED: b"a = 2\n"})
    assert thesis.exists()
    assert (root / ".terapin/base/notes/mine.txt").exists()


@pytest.mark.parametrize("name", ["/etc/passwd", "../outside.py", "a/../../b.py", ""])
def test_a_lock_leads_nowhere_outside(root: Path, name: str) -> None:
    line = f'["{name}", "managed", "models", "s", "w", null]'
    (root / LOCK).write_text(f'{{"version": 2, "terapin": "0.2.0", "files": [{line}]}}')
    with pytest.raises(ProjectError, match="cannot be read"):
        Lock.load(root)


def test_a_lock_with_markers_has_both_sides(root: Path) -> None:
    ours = Lock.load(root)
    entry = ours.entries[MANAGED]
    one, other = PurePosixPath("one.py"), PurePosixPath("other.py")
    mine = Lock({**ours.entries, one: entry}, "0.2.0").dump().decode().splitlines()
    yours = Lock({**ours.entries, other: entry}, "0.2.0").dump().decode().splitlines()
    both = [mine[0], "<<<<<<< HEAD", *mine[1:-1], "=======", *yours[1:-1], ">>>>>>> b", mine[-1]]
    (root / LOCK).write_text("\n".join(both))
    assert Lock.load(root).entries == {**ours.entries, one: entry, other: entry}


def test_another_formatter_is_no_edit_and_a_comment_is_one(root: Path) -> None:
    run(root, {MANAGED: b"x = call(\n    1,\n    2,\n)\n"})
    (root / MANAGED).write_bytes(b"x = (\n    call(1, 2)\n)\n")
    run(root, {MANAGED: b"x = call(1, 3)\n"})
    assert (root / MANAGED).read_bytes() == b"x = call(1, 3)\n"
    (root / MANAGED).write_bytes(b"x = (call(1, 3))  # mine\n")
    assert run(root, {MANAGED: b"x = call(1, 4)\n"}).conflicts


def test_a_project_without_pristine_copies_is_written_all_the_same(root: Path) -> None:
    shutil.rmtree(root / ".terapin/base")
    run(root, {})
    assert not (root / MANAGED).exists()
    assert not Lock.load(root).entries
