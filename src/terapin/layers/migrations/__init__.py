"""Alembic: its environment and the first revision. Revisions are written once and never changed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from ...project.plan import Ownership, PlannedFile, Project
from .views import revision_view


def plan(project: Project) -> Iterable[PlannedFile]:
    root = PurePosixPath("migrations")
    yield _file(PurePosixPath("alembic.ini"), "alembic.ini.tera", None)
    yield _file(root / "env.py", "env.py.tera", project.package)
    yield _file(root / "script.py.mako", "script.py.mako.tera", None)
    yield _file(
        root / "versions" / "0001_initial.py",
        "revision.py.tera",
        revision_view(project.model),
        Ownership.APPENDED,
    )


def _file(
    path: PurePosixPath, template: str, view: object, ownership: Ownership = Ownership.MANAGED
) -> PlannedFile:
    return PlannedFile(path, "migrations", ownership, template=f"migrations/{template}", view=view)
