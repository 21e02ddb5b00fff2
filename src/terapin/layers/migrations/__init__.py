"""Alembic: its environment, the first revision, and one for each change. A revision is written once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from ...evolution.change import changed
from ...evolution.difference import difference
from ...evolution.operations import Operation
from ...project.history import FIRST, FIRST_ID, VERSIONS, History
from ...project.plan import Ownership, PlannedFile, Project, digest
from .views import RevisionView, revision_view
from .words import file_name

_ID_LENGTH = 16


def plan(project: Project) -> Iterable[PlannedFile]:
    """Nothing without a database. One that was there once is left by a last revision, for it may come back."""
    if project.model.database:
        root = PurePosixPath("migrations")
        yield _file(PurePosixPath("alembic.ini"), "alembic.ini.tera", None)
        yield _file(root / "env.py", "env.py.tera", project.package)
        yield _file(root / "script.py.mako", "script.py.mako.tera", None)
    history = project.history
    if history is None or history.begins:
        if steps := difference(changed(None, project.model)):
            yield _revision(FIRST, revision_view(steps, FIRST_ID))
    elif history.steps:
        yield _next(history)


def _next(history: History) -> PlannedFile:
    """A run that was ended after it wrote the revision finds it on disk, and plans the same again."""
    head, steps = history.head, history.steps
    if head.id == _identifier(steps, head.parents):
        path, parents = head.path, head.parents
    else:
        name = f"{history.next_number:04}_{file_name(steps)}.py"
        path, parents = VERSIONS / name, (head.id,)
    return _revision(path, revision_view(steps, _identifier(steps, parents), parents))


def _identifier(steps: Sequence[Operation], parents: Iterable[str]) -> str:
    """The same wherever the same change follows the same revision."""
    return digest(repr((steps, *parents)).encode())[:_ID_LENGTH]


def _revision(path: PurePosixPath, view: RevisionView) -> PlannedFile:
    return _file(path, "revision.py.tera", view, Ownership.APPENDED)


def _file(
    path: PurePosixPath, template: str, view: object, ownership: Ownership = Ownership.MANAGED
) -> PlannedFile:
    return PlannedFile(path, "migrations", ownership, template=f"migrations/{template}", view=view)
