"""Whatever the vocabulary can say becomes a service that stands: it compiles, type-checks, migrates and starts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from ruff import find_ruff_bin

from terapin.project.generate import plan
from terapin.project.plan import PlannedFile, Project
from terapin.project.render import render
from tests.any_ontology import ontologies
from tests.ontologies import compiled_sources

from .conftest import environment

REPOSITORY = Path(__file__).parents[2]
DEEP = os.environ.get("TERAPIN_TEST_PROFILE") == "deep"
EXAMPLES = 1000 if DEEP else 60
SERVICES = 60 if DEEP else 12
# Hypothesis makes some of its examples from the one before.
UNLIKE = 8

ANY_ONTOLOGY = settings(
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def planned(text: str, package: str) -> dict[PurePosixPath, PlannedFile]:
    compilation = compiled_sources({"ontology.ttl": text}, name=package)
    assert compilation.model, compilation.as_text()
    return {file.path: file for file in plan(Project(model=compilation.model, package=package))}


def write(root: Path, files: dict[PurePosixPath, bytes]) -> None:
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)


@settings(ANY_ONTOLOGY, max_examples=EXAMPLES)
@given(ontologies())
def test_any_ontology_is_generated_and_compiles(text: str) -> None:
    written = [file for file in planned(text, "service").values() if file.content is None]
    for path, content in render({file.path: file for file in written}).items():
        if path.suffix == ".py":
            compile(content, str(path), "exec")


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Projects whose packages are called like their directories."""
    root = tmp_path_factory.mktemp("services")
    made = []
    for number, text in enumerate(unlike_ontologies(SERVICES)):
        project = root / f"service_{number}"
        write(project, render(planned(text, project.name)))
        (project / "ontology.ttl").write_text(text, "utf-8")
        made.append(project)
    return made


def unlike_ontologies(count: int) -> list[str]:
    found: list[str] = []

    @settings(ANY_ONTOLOGY, max_examples=count * UNLIKE, phases=[Phase.generate])
    @given(ontologies())
    def collect(text: str) -> None:
        found.append(text)

    collect()
    return found[UNLIKE - 1 :: UNLIKE]


def test_passes_ruff(services: Sequence[Path]) -> None:
    for project in services:
        run(project, find_ruff_bin(), "check", "--no-cache", ".")
        run(project, find_ruff_bin(), "format", "--no-cache", "--check", ".")


def test_passes_mypy(services: Sequence[Path]) -> None:
    """In one run, which reads the libraries once, with what our own configuration says of them."""
    packages = [argument for project in services for argument in ("-p", project.name)]
    run(
        services[0].parent,
        *(sys.executable, "-m", "mypy", "--config-file", str(REPOSITORY / "pyproject.toml")),
        *packages,
        MYPYPATH=os.pathsep.join(map(str, services)),
    )


def test_migrates_and_starts(services: Sequence[Path]) -> None:
    program = [sys.executable, "-W", "error", "-m", "tests.generated.starting"]
    run(REPOSITORY, *program, *map(str, services))


def run(directory: Path, *command: str, **variables: str) -> None:
    done = subprocess.run(
        command,
        cwd=directory,
        env={**environment(), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
