"""Model to project: plan, render what changed, reconcile with the disk. Nothing is written before `apply`."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from ..layers.registry import LAYERS
from .errors import ProjectError
from .lock import Lock
from .plan import PlannedFile, Project
from .reconcile import ChangeSet, Disk, reconcile
from .render import render, template_digests


def generate(
    project: Project, root: Path, extra: tuple[PlannedFile, ...] = (), *, restore: bool = False
) -> ChangeSet:
    """What it would mean to generate `project` at `root`; `extra` are planned files that no layer knows.

    Renders only what is made from something else than last time. With `restore`, files that the user
    deleted are written again.
    """
    planned = _by_path((*plan(project), *extra))
    lock = Lock.load(root)
    sources = {path: plan.digest(template_digests()) for path, plan in planned.items()}
    stale = {
        path: plan
        for path, plan in planned.items()
        if path not in lock.entries
        or lock.entries[path].source != sources[path]
        or (restore and not (root / path).exists())
    }
    return reconcile(planned, sources, render(stale), lock, Disk(root), restore=restore)


def plan(project: Project) -> list[PlannedFile]:
    return [file for layer in LAYERS.values() for file in layer(project)]


def _by_path(files: tuple[PlannedFile, ...]) -> dict[PurePosixPath, PlannedFile]:
    planned: dict[PurePosixPath, PlannedFile] = {}
    for file in files:
        if file.path.is_absolute() or ".." in file.path.parts:
            raise ProjectError(f"{file.path} is outside of the project")
        if file.path in planned:
            raise ProjectError(
                f"the layers {planned[file.path].layer} and {file.layer} both write {file.path}"
            )
        planned[file.path] = file
    return dict(sorted(planned.items()))
