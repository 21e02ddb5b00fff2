"""What is generated stands up to the tools a reader would hold against it."""

from __future__ import annotations

import re

from terapin.project.formatting import LINE_LENGTH

from .conftest import Generated, terapin


def test_compiles(project: Generated) -> None:
    project.python("-m", "compileall", "-q", project.name, "tests", "migrations")


def test_passes_ruff(project: Generated) -> None:
    project.run("ruff", "check", ".")
    project.run("ruff", "format", "--check", ".")


def test_passes_bandit(project: Generated) -> None:
    """Less core, which `make check` asks it of."""
    project.python("-m", "bandit", "-q", "-r", ".", "-s", "B101", "-x", f"./{project.name}/core")


def test_passes_mypy_strict_without_ignores(project: Generated) -> None:
    project.python("-m", "mypy", timeout=600)
    for path in project.root.rglob("*.py"):
        source = path.read_text("utf-8")
        assert not re.search(r"#\s*type:\s*ignore|#\s*noqa", source), path


def test_lines_are_readable(project: Generated) -> None:
    """Only what cannot be broken is longer: a literal that the ontology states."""
    for path in (project.root / project.name / "core").glob("*.py"):
        for line in path.read_text("utf-8").splitlines():
            assert len(line) <= LINE_LENGTH + 20, path


def test_generating_again_changes_nothing(project: Generated) -> None:
    before = {path: path.stat().st_mtime_ns for path in project.root.rglob("*") if path.is_file()}
    done = terapin("generate", cwd=project.root)
    assert done.returncode == 0, done.stderr
    written = {path for path in before if path.stat().st_mtime_ns != before[path]}
    assert not written
