"""The service's `core/`: terapin's runtime modules, byte for byte, those that the service needs."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from pathlib import PurePosixPath

from ...project.plan import PlannedFile, Project
from ..types import SPELLINGS, types_of


def plan(project: Project) -> Iterable[PlannedFile]:
    needed = any(SPELLINGS[type_].domain for type_ in types_of(project.model))
    unneeded = set() if needed else {"domain_types.py"}
    for module in sorted(files("terapin.runtime.core").iterdir(), key=lambda each: each.name):
        if module.name.endswith(".py") and module.name not in unneeded:
            yield PlannedFile(
                PurePosixPath(project.package, "core", module.name),
                layer="core",
                content=module.read_bytes(),
            )
