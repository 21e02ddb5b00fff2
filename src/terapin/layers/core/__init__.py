"""The service's `core/`: terapin's runtime modules, byte for byte, those that the service needs."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from pathlib import PurePosixPath

from ...model import ServiceModel
from ...project.plan import PlannedFile, Project
from ..types import SPELLINGS


def plan(project: Project) -> Iterable[PlannedFile]:
    unneeded = set() if _domain_types(project.model) else {"domain_types.py"}
    for module in sorted(files("terapin.runtime.core").iterdir(), key=lambda each: each.name):
        if module.name.endswith(".py") and module.name not in unneeded:
            yield PlannedFile(
                PurePosixPath(project.package, "core", module.name),
                layer="core",
                content=module.read_bytes(),
            )


def _domain_types(model: ServiceModel) -> bool:
    return any(
        SPELLINGS[field.type].domain
        for entity in model.entities.values()
        for field in entity.fields
    )
