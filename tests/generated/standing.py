"""Whether services stand that were rendered in this process: linted, typed and started, each tool run once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path, PurePosixPath

from ruff import find_ruff_bin

from terapin.model import ServiceModel
from terapin.project.generate import plan
from terapin.project.plan import PlannedFile, Project
from terapin.project.render import render
from tests.ontologies import compiled_sources

from .conftest import OWN_TESTS, PLUGINS, REPOSITORY, environment

CODE = REPOSITORY / "tests" / "cases" / "code"


def model_of(text: str, package: str, layers: Collection[str] = ()) -> ServiceModel:
    compilation = compiled_sources({"ontology.ttl": text}, name=package, layers=layers)
    assert compilation.model, compilation.as_text()
    return compilation.model


def planned(model: ServiceModel, package: str) -> dict[PurePosixPath, PlannedFile]:
    return {file.path: file for file in plan(Project(model=model, package=package))}


def write(project: Path, text: str, layers: Collection[str] = ()) -> Path:
    """A project whose package is called like its directory, with the ontology for a reader to look into."""
    model = model_of(text, project.name, layers)
    files = {**render(planned(model, project.name)), PurePosixPath("ontology.ttl"): text.encode()}
    for path, content in files.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_bytes(content)
    return project


def write_case(directory: Path, case: str) -> Path:
    """What the ontology of one of `tests/cases/code` becomes."""
    return write(directory / f"{case}_service", (CODE / case / "ontology.ttl").read_text("utf-8"))


def assert_linted(projects: Sequence[Path]) -> None:
    """Each by its own configuration."""
    root, names = projects[0].parent, [project.name for project in projects]
    run(root, find_ruff_bin(), "check", "--no-cache", *names)
    run(root, find_ruff_bin(), "format", "--no-cache", "--check", *names)


def assert_typed(projects: Sequence[Path]) -> None:
    """In one run, which reads the libraries once, with what our own configuration says of them."""
    packages = [argument for project in projects for argument in ("-p", project.name)]
    run(
        projects[0].parent,
        *(sys.executable, "-m", "mypy", "--config-file", str(REPOSITORY / "pyproject.toml")),
        *packages,
        MYPYPATH=os.pathsep.join(map(str, projects)),
    )


def assert_started(projects: Sequence[Path]) -> None:
    program = [sys.executable, "-W", "error", "-m", "tests.generated.starting"]
    run(REPOSITORY, *program, *map(str, projects), PYTHONPATH=str(REPOSITORY / "src"))


def assert_passes(project: Path) -> None:
    """Its own tests."""
    run(project, sys.executable, *OWN_TESTS, **PLUGINS)


def run(directory: Path, *command: str, **variables: str) -> str:
    """What it prints."""
    done = subprocess.run(
        command,
        cwd=directory,
        env={**environment(), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout
