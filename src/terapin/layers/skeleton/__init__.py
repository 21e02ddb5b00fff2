"""The files around the package: what installs, runs, ships and explains it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from ...model import FieldType
from ...project.plan import Ownership, PlannedFile, Project
from ..types import SPELLINGS, types_of

_FILES = (
    "pyproject.toml",
    "README.md",
    "Dockerfile",
    "compose.yaml",
    ".env.example",
    ".gitignore",
    ".dockerignore",
)
_UTILS = "sqlalchemy-utils>=0.43,<0.44"
# What a type needs beyond what every service does.
_REQUIREMENTS = {
    FieldType.EMAIL: (_UTILS,),
    FieldType.URL: ("furl>=2.1.4,<3", _UTILS),
    FieldType.PHONE: ("phonenumbers>=9,<10", _UTILS),
    FieldType.CURRENCY: ("babel>=2.17,<3", _UTILS),
    FieldType.COUNTRY: ("babel>=2.17,<3", _UTILS),
    FieldType.IP_ADDRESS: (_UTILS,),
    FieldType.COLOR: ("colour>=0.1.5,<0.2", _UTILS),
    FieldType.TIMEZONE: (_UTILS, "tzdata"),
}
# Modules without type hints, or not installed, that core's `domain_types` imports where they are used.
_UNTYPED = ("colour", "furl", "phonenumbers", "sqlalchemy_utils")


@dataclass(frozen=True, slots=True)
class EntityView:
    name: str
    path: str
    module: str


@dataclass(frozen=True, slots=True)
class SkeletonView:
    """`untyped` are modules that mypy is to take as they are."""

    package: str
    distribution: str
    prefix: str
    name: str
    version: str
    description: str
    requirements: tuple[str, ...]
    untyped: tuple[str, ...]
    entities: tuple[EntityView, ...]
    handlers: bool


def plan(project: Project) -> Iterable[PlannedFile]:
    view = _view(project)
    for name in _FILES:
        yield PlannedFile(
            PurePosixPath(name), layer="skeleton", template=f"skeleton/{name}.tera", view=view
        )
    for path, content in project.sources.items():
        yield PlannedFile(PurePosixPath(path), "skeleton", Ownership.SOURCE, content=content)


def _view(project: Project) -> SkeletonView:
    model = project.model
    types = types_of(model)
    requirements = {line for type_ in types for line in _REQUIREMENTS.get(type_, ())}
    return SkeletonView(
        package=project.package,
        distribution=project.distribution,
        prefix=project.prefix,
        name=_line(model.name),
        version=model.version,
        description=_line(model.description or model.name),
        requirements=tuple(sorted(requirements)),
        untyped=_untyped(types),
        entities=tuple(
            EntityView(entity.class_name, f"/{entity.table}", entity.module)
            for entity in model.entities.values()
        ),
        handlers=bool(model.endpoints),
    )


def _line(text: str) -> str:
    """Neither a package's summary nor a heading can have several, nor what a reader does not see."""
    line = " ".join(text.split())
    return "".join(character if character.isprintable() else "\ufffd" for character in line)


def _untyped(types: set[FieldType]) -> tuple[str, ...]:
    if any(SPELLINGS[type_].domain for type_ in types):
        return _UNTYPED
    return ("sqlalchemy_utils",) if FieldType.EMAIL in types else ()
