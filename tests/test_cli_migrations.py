"""What `terapin generate` does with migrations when an ontology changes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ontologies import PREFIXES

BOOK = """\
ex:Book a orm:Entity ;
  orm:fields (
    [ orm:fieldName "id" ; orm:fieldType "UUID" ; orm:primaryKey true ]
    [ orm:fieldName "title" ; orm:fieldType "String" ]
  ) .
"""
WITH_PAGES = BOOK.replace(
    "  ) .", '    [ orm:fieldName "pages" ; orm:fieldType "Integer" ; orm:nullable true ]\n  ) .'
)
RENAMED = BOOK.replace('"title" ;', '"name" ; orm:formerly "title" ;')


def generate(root: Path, ontology: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    (root / "ontology" / "shop.ttl").write_text(PREFIXES + ontology, "utf-8")
    return subprocess.run(
        [sys.executable, "-m", "terapin", "generate", *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("generated") / "shop"
    (root / "ontology").mkdir(parents=True)
    (root / "terapin.toml").write_text('name = "shop"\nontology = ["ontology/shop.ttl"]\n')
    done = generate(root, BOOK)
    assert done.returncode == 0, done.stderr
    return root


@pytest.fixture
def project(generated: Path, tmp_path: Path) -> Path:
    """A copy of a project of which one entity has been generated."""
    return shutil.copytree(generated, tmp_path / "shop")


def revisions(root: Path) -> list[str]:
    return sorted(path.name for path in (root / "migrations" / "versions").glob("*.py"))


def contents(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_change_adds_one_revision_and_touches_no_other(project: Path) -> None:
    first = project / "migrations/versions/0001_initial.py"
    before = first.stat().st_mtime_ns
    done = generate(project, WITH_PAGES)
    assert done.returncode == 0, done.stderr
    assert revisions(project) == ["0001_initial.py", "0002_add_books_pages.py"]
    assert first.stat().st_mtime_ns == before
    assert "nothing has changed" in generate(project, WITH_PAGES).stdout


def test_what_concerns_no_table_adds_none(project: Path) -> None:
    described = BOOK.replace("orm:fields", 'orm:description "A book" ;\n  orm:fields')
    assert generate(project, described).returncode == 0
    assert revisions(project) == ["0001_initial.py"]


def test_a_rename_is_done_once_though_its_statement_stays(project: Path) -> None:
    assert generate(project, RENAMED).returncode == 0
    later = RENAMED.replace("  ) .", WITH_PAGES.splitlines()[-2] + "\n  ) .")
    assert generate(project, later).returncode == 0
    assert revisions(project) == [
        "0001_initial.py",
        "0002_rename_books_title_to_name.py",
        "0003_add_books_pages.py",
    ]


@pytest.mark.parametrize(
    ("after", "code"),
    [
        (BOOK.replace('"title"', '"name"'), "maybe-renamed"),
        (BOOK.replace('"String"', '"String" ; orm:maxLength 9'), "data-loss"),
    ],
)
def test_what_is_refused_writes_nothing_until_it_is_allowed(
    project: Path, after: str, code: str
) -> None:
    (project / "ontology" / "shop.ttl").write_text(PREFIXES + after)
    before = contents(project)
    done = generate(project, after)
    assert done.returncode == 1
    assert f"error[{code}]" in done.stderr
    line = PREFIXES.count("\n") + 4
    assert f"ontology/shop.ttl:{line}" in done.stderr
    assert contents(project) == before
    assert generate(project, after, "--allow-destructive").returncode == 0
    assert len(revisions(project)) == 2


def test_what_has_to_be_completed_is_told_with_its_line(project: Path) -> None:
    done = generate(project, WITH_PAGES.replace(" ; orm:nullable true", ""))
    assert done.returncode == 0
    assert "warning[existing-rows]: books.pages is required" in done.stderr
    path, line = done.stderr.rpartition("warning: ")[2].split()[0].split(":")
    revision = (project / path).read_text().splitlines()
    assert revision[int(line) - 1].strip().startswith("# What do rows get")


def test_a_run_that_was_ended_is_completed(project: Path) -> None:
    state = contents(project / ".terapin")
    assert generate(project, WITH_PAGES).returncode == 0
    done = contents(project)
    for path, content in state.items():
        path.write_bytes(content)
    assert generate(project, WITH_PAGES).returncode == 0
    assert contents(project) == done


def test_there_and_back_and_there_again_are_three_revisions(project: Path) -> None:
    assert generate(project, WITH_PAGES).returncode == 0
    assert generate(project, BOOK, "--allow-destructive").returncode == 0
    assert generate(project, WITH_PAGES).returncode == 0
    assert len(revisions(project)) == 4


def test_a_revision_of_the_users_is_followed(project: Path) -> None:
    by_hand = project / "migrations/versions/cafe_fill.py"
    by_hand.write_text('revision: str = "cafe"\ndown_revision: str | None = "0001"\n')
    assert generate(project, WITH_PAGES).returncode == 0
    added = (project / "migrations/versions/0002_add_books_pages.py").read_text()
    assert 'down_revision = "cafe"' in added


def test_several_heads_are_refused(project: Path) -> None:
    for name in ("cafe", "beef"):
        path = project / f"migrations/versions/{name}_x.py"
        path.write_text(f'revision = "{name}"\ndown_revision = "0001"\n')
    told = generate(project, BOOK.replace("ex:Book a", 'ex:Book orm:description "x" ; a'))
    assert told.returncode == 0
    assert "several heads: migrations/versions/beef_x.py, migrations/" in told.stderr
    done = generate(project, WITH_PAGES)
    assert done.returncode == 1
    assert "beef (migrations/versions/beef_x.py), cafe (" in done.stderr
    assert "alembic merge heads" in done.stderr
    merge = project / "migrations/versions/f00d_merge.py"
    merge.write_text('revision = "f00d"\ndown_revision = ("cafe", "beef")\n')
    assert generate(project, WITH_PAGES).returncode == 0


def test_migrations_are_read_only_for_another_one_to_follow(project: Path) -> None:
    for name in ("cafe", "beef"):
        path = project / f"migrations/versions/{name}_x.py"
        path.write_text(f'revision = "{name}"\ndown_revision = "0001"\n')
    (project / "migrations/versions/unmerged.py").write_text("<<<<<<< ours\n")
    described = BOOK.replace("orm:fields", 'orm:description "A book" ;\n  orm:fields')
    done = generate(project, described)
    assert done.returncode == 0, done.stderr
    refused = generate(project, WITH_PAGES)
    assert refused.returncode == 1
    assert "migrations/versions/unmerged.py cannot be read" in refused.stderr


def test_without_migrations_none_is_left_out_in_silence(project: Path) -> None:
    (project / "migrations/versions/0001_initial.py").unlink()
    before = contents(project / ".terapin")
    done = generate(project, WITH_PAGES)
    assert done.returncode == 1
    assert "there is no migration in migrations/versions" in done.stderr
    assert contents(project / ".terapin") == before


def test_without_the_last_model_nothing_is_guessed(project: Path) -> None:
    (project / ".terapin/model.json").unlink()
    done = generate(project, WITH_PAGES)
    assert done.returncode == 1
    assert "model.json" in done.stderr
    assert "version control" in done.stderr


def test_a_migration_that_is_gone_is_missed_by_the_next(project: Path) -> None:
    generate(project, WITH_PAGES)
    (second,) = set(revisions(project)) - {"0001_initial.py"}
    (project / "migrations/versions" / second).unlink()
    wider = WITH_PAGES.replace('"Integer"', '"BigInteger"')
    done = generate(project, wider)
    assert done.returncode == 1
    assert f"{second} is missing" in done.stderr
    assert revisions(project) == ["0001_initial.py"]
    assert generate(project, WITH_PAGES, "--restore").returncode == 0
    assert generate(project, wider).returncode == 0
    assert len(revisions(project)) == 3
