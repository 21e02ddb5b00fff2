from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from ...project.plan import Ownership, PlannedFile, Project
from .views import package_view, task_view


def plan(project: Project) -> Iterable[PlannedFile]:
    model = project.model
    if not model.tasks:
        return
    root = PurePosixPath(project.package)
    tasks, handlers = root / "tasks", root / "handlers"
    yield _file(tasks / "__init__.py", "package.py.tera", package_view(project))
    if not model.endpoints:
        yield PlannedFile(handlers / "__init__.py", layer="tasks", content=b"")
    for task in model.tasks:
        module, view = f"{task.module}.py", task_view(project, task)
        yield _file(tasks / module, "task.py.tera", view, task.iri)
        yield _file(handlers / module, "handler.py.tera", view, task.iri, Ownership.SEEDED)


def _file(
    path: PurePosixPath,
    template: str,
    view: object,
    subject: str | None = None,
    ownership: Ownership = Ownership.MANAGED,
) -> PlannedFile:
    return PlannedFile(path, "tasks", ownership, subject, template=f"tasks/{template}", view=view)
