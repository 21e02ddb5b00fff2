"""The service's `core/`: terapin's runtime modules, byte for byte, those that the service needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath

from ...project.plan import PlannedFile, Project
from ..types import SPELLINGS, types_of


def plan(project: Project) -> Iterable[PlannedFile]:
    needed = any(SPELLINGS[type_].domain for type_ in types_of(project.model))
    unneeded = set() if needed else {"domain_types.py"}
    for path, module in _modules(PurePosixPath(), files("terapin.runtime.core")):
        if str(path) not in unneeded:
            yield PlannedFile(
                PurePosixPath(project.package, "core", path),
                layer="core",
                content=module.read_bytes(),
            )


def _modules(
    path: PurePosixPath, directory: Traversable
) -> Iterator[tuple[PurePosixPath, Traversable]]:
    for each in sorted(directory.iterdir(), key=lambda each: each.name):
        if each.name.endswith(".py"):
            yield path / each.name, each
        elif each.is_dir() and each.name != "__pycache__":
            yield from _modules(path / each.name, each)
