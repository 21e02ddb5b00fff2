"""The modules that are copied into a service as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath

from ..model import ServiceModel

Needed = Callable[[ServiceModel], bool]


def needed_modules(
    package: str, model: ServiceModel, needed: Mapping[str, Needed]
) -> Iterator[tuple[PurePosixPath, bytes]]:
    """By path within `package`, less those that `needed` names, or a directory of theirs, and the model does without."""
    without = {PurePosixPath(path) for path, is_needed in needed.items() if not is_needed(model)}
    for path, content in modules(package).items():
        if without.isdisjoint((path, *path.parents)):
            yield path, content


@cache
def modules(package: str) -> Mapping[PurePosixPath, bytes]:
    """Every module of a package and of the packages in it, by path."""
    found = {path: each.read_bytes() for path, each in _walk(files(package), PurePosixPath())}
    return dict(sorted(found.items()))


def _walk(directory: Traversable, at: PurePosixPath) -> Iterator[tuple[PurePosixPath, Traversable]]:
    for each in directory.iterdir():
        if each.is_dir():
            yield from _walk(each, at / each.name)
        elif each.name.endswith(".py"):
            yield at / each.name, each
