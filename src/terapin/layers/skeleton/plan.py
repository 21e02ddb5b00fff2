from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from ...project.plan import Ownership, PlannedFile, Project
from .views import skeleton_view

_FILES = (
    "pyproject.toml",
    "README.md",
    "Dockerfile",
    "compose.yaml",
    ".env.example",
    ".gitignore",
    ".dockerignore",
)


def plan(project: Project) -> Iterable[PlannedFile]:
    view = skeleton_view(project)
    for name in _FILES:
        yield PlannedFile(
            PurePosixPath(name), layer="skeleton", template=f"skeleton/{name}.tera", view=view
        )
    for path, content in project.sources.items():
        yield PlannedFile(PurePosixPath(path), "skeleton", Ownership.SOURCE, content=content)
