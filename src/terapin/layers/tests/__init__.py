"""The service's own tests: the same for every service, they read what to test from its resources."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from pathlib import PurePosixPath

from ...project.plan import PlannedFile, Project


def plan(project: Project) -> Iterable[PlannedFile]:
    root = PurePosixPath("tests")
    for module in sorted(files("terapin.runtime.tests").iterdir(), key=lambda each: each.name):
        if module.name.endswith(".py"):
            yield PlannedFile(root / module.name, layer="tests", content=module.read_bytes())
    yield PlannedFile(
        root / "service.py", layer="tests", template="tests/service.py.tera", view=project.package
    )
