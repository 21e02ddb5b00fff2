"""Model to project: plan, render what changed, reconcile with the disk. Nothing is written before `apply`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath

from ..layers.registry import LAYERS
from ..model import Entity, ServiceModel, Task
from .apply import base
from .changes import ChangeSet
from .disk import Disk
from .errors import ProjectError
from .known import Known
from .lock import Lock, history
from .notes import installed
from .plan import Ownership, PlannedFile, Project
from .reconcile import Desired, Options, origins, reconcile
from .render import render, template_digests


def generate(
    project: Project,
    root: Path,
    extra: tuple[PlannedFile, ...] = (),
    options: Options = Options(),  # noqa: B008
    known: Known | None = None,
) -> ChangeSet:
    """What it would mean to generate `project` at `root`; `extra` are planned files that no layer knows.

    Renders only what is made from something else than last time, of which `known` may say something.
    """
    planned = by_path((*plan(project), *extra))
    lock, disk = Lock.load(root), Disk(root)
    _refuse_gaps(planned, lock, disk)
    known = known or Known()
    sources = {path: known.digest(plan, template_digests()) for path, plan in planned.items()}
    continued = origins(planned, lock, formerly(project.model))

    def is_stale(path: PurePosixPath) -> bool:
        origin = continued.get(path)
        if origin != path:
            return True
        deleted = options.restore and disk.read(path) is None
        return deleted or lock.entries[origin].source != sources[path]

    desired = Desired(
        planned=planned,
        sources=sources,
        origins=continued,
        rendered=render({path: planned[path] for path in planned if is_stale(path)}),
    )
    changes = reconcile(desired, lock, disk, partial(base, root), options)
    return replace(changes, lock=replace(changes.lock, terapin=installed()))


def _refuse_gaps(planned: Mapping[PurePosixPath, PlannedFile], lock: Lock, disk: Disk) -> None:
    """A migration that follows one that is gone would change what nobody has made."""
    missing = [path for path in history(lock) if not disk.has(path)]
    adds = any(
        plan.ownership is Ownership.APPENDED and not disk.has(path)
        for path, plan in planned.items()
    )
    if missing and adds:
        raise ProjectError(
            f"{missing[0]} is missing, and the next migration would build on it",
            "terapin generate --restore writes it again",
            "to take it back, restore .terapin from version control as it was before; if another "
            "migration does what it did, delete its line from .terapin/lock.json",
        )


def plan(project: Project) -> list[PlannedFile]:
    return [file for layer in LAYERS.values() for file in layer(project)]


def formerly(model: ServiceModel) -> Mapping[str, str]:
    """By the IRI of an entity or a task that was renamed, the one it had."""
    named: tuple[Entity | Task, ...] = (*model.entities.values(), *model.tasks)
    return {each.iri: each.formerly for each in named if each.formerly}


def by_path(files: Iterable[PlannedFile]) -> dict[PurePosixPath, PlannedFile]:
    """Raises ProjectError for paths outside of the project, and for two that some file system takes for one."""
    planned: dict[str, PlannedFile] = {}
    for file in files:
        if file.path.is_absolute() or ".." in file.path.parts:
            raise ProjectError(f"{file.path} is outside of the project")
        other = planned.setdefault(str(file.path).casefold(), file)
        if other is not file:
            raise ProjectError(
                f"the layers {other.layer} and {file.layer} both write {file.path}",
                *((f"{other.path} is the same on some file systems",) * (other.path != file.path)),
            )
    return {file.path: file for file in sorted(planned.values(), key=lambda file: file.path)}
