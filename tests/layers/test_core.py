"""What is emitted of core stands alone, whatever a service needs of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import combinations
from pathlib import PurePosixPath

import pytest

from terapin.layers.core import NEEDED, RUNTIME
from terapin.layers.runtime import Needed, modules, needed_modules
from terapin.model import ServiceModel

NEEDS = list(dict.fromkeys(NEEDED.values()))
MODEL = ServiceModel(name="service", version="1", entities={})
SERVICES = [some for size in range(len(NEEDS) + 1) for some in combinations(NEEDS, size)]


@pytest.mark.parametrize("needs", SERVICES)
def test_imports_only_what_is_emitted(needs: tuple[Needed, ...]) -> None:
    """Also inside of functions: mypy reads those imports, too."""
    needed = {path: _answering(need in needs) for path, need in NEEDED.items()}
    emitted = dict(needed_modules(RUNTIME, MODEL, needed))
    for path, content in emitted.items():
        missing = set(_imported(path, content)) - emitted.keys()
        assert not missing, f"{path} imports {missing}"


def _answering(answer: bool) -> Needed:
    return lambda _: answer


def test_what_not_every_service_needs_is_there() -> None:
    places = {place for path in modules(RUNTIME) for place in (path, *path.parents)}
    assert {PurePosixPath(path) for path in NEEDED} <= places


def _imported(path: PurePosixPath, content: bytes) -> Iterator[PurePosixPath]:
    """The modules of core that a module of it imports."""
    everything = modules(RUNTIME)
    for node in ast.walk(ast.parse(content)):
        if isinstance(node, ast.ImportFrom) and node.level:
            package = path.parents[node.level - 1]
            module = package.joinpath(*(node.module.split(".") if node.module else ()))
            for each in (module, *(module / alias.name for alias in node.names)):
                for file in (PurePosixPath(f"{each}.py"), each / "__init__.py"):
                    if file in everything:
                        yield file
