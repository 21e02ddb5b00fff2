"""A database with rows follows its ontology, loses nothing, and ends as a new one begins."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from terapin.evolution.change import changed
from terapin.evolution.judging import objections
from terapin.layers.migrations.statements import UNFILLED
from terapin.project.history import VERSIONS
from tests.ontologies import compiled, model_of

from .cases import CASES, Case
from .harness import Checkout, Rows, catalog, execute, query


@pytest.mark.parametrize("path", sorted(CASES.glob("*.toml")), ids=lambda path: path.stem)
def test_the_database_follows(path: Path, empty: tuple[str, str], tmp_path: Path) -> None:
    case = Case.load(path)
    names = compiled(case.before).names
    was, now = model_of(case.before), model_of(case.after, pinned=names)
    change = changed(was, now)
    judged = objections(change)
    assert [each.code for each in judged] == (case.refused or case.told)
    allowed = objections(change, allow_destructive=True)
    assert [each.code for each in allowed] == case.told

    project, fresh = Checkout(tmp_path / "project"), Checkout(tmp_path / "fresh")
    fresh.generate(now)
    project.generate(was)
    url, new = empty
    with project.migrations(url) as migrations:
        migrations.upgrade()
    before = catalog(url)
    execute(url, case.rows)
    project.generate(now, was)
    complete(project.root, case.complete)
    if case.fails:
        with (
            project.migrations(url) as migrations,
            pytest.raises(DBAPIError, match=case.fails),
        ):
            migrations.upgrade()
        assert catalog(url) == before
        assert answers(url, case) == case.kept
        return
    with fresh.migrations(new) as migrations:
        migrations.upgrade()
    after = catalog(new)
    with project.migrations(url) as migrations:
        migrations.upgrade()
        assert answers(url, case) == case.kept
        assert catalog(url) == after
        migrations.check()
        migrations.downgrade()
        assert catalog(url) == before
        migrations.upgrade()
        assert answers(url, case) == case.kept
        assert catalog(url) == after


def answers(url: str, case: Case) -> Mapping[str, Rows]:
    return {sql: query(url, sql) for sql in case.kept}


def complete(root: Path, value: str) -> None:
    """Does what a new migration asks for, if there is an answer."""
    for path in (root / VERSIONS).glob("0002*"):
        lines = path.read_text("utf-8").splitlines(keepends=True)
        for number, line in enumerate(lines):
            if value and line.strip() == UNFILLED:
                lines[number + 1] = lines[number + 1].replace("# ", "").replace("...", value)
        path.write_text("".join(lines), "utf-8")
