"""Generates services, and readies them to be imported or started by others."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ONTOLOGY = Path(__file__).with_name("journal.ttl")
REPOSITORY = Path(__file__).parents[2]
POOL = 10


@dataclass(frozen=True)
class Generated:
    """A project, whose package is called like its directory."""

    project: Path

    @property
    def package(self) -> str:
        return self.project.name

    def environment(self, url: str = "", **settings: str) -> Mapping[str, str]:
        """For a process that runs it. Of many who wait none is refused, or there would be nothing to measure."""
        prefix = f"{self.package.upper()}_"
        given = {
            "database_url": url,
            "database_pool_min": str(POOL),
            "database_pool_max": str(POOL),
            "database_acquire_timeout": "10",
            **settings,
        }
        variables = {f"{prefix}{name.upper()}": value for name, value in given.items()}
        path = os.pathsep.join([str(self.project), str(REPOSITORY)])
        return {**os.environ, **variables, "PYTHONPATH": path}

    def run(self, *command: str, url: str = "") -> None:
        arguments = [sys.executable, "-m", self.package, *command]
        _checked(arguments, self.project, self.environment(url))


def generate(ontology: str, project: Path) -> Generated:
    """Raises SystemExit with what terapin says."""
    source = project.with_suffix(".ttl")
    source.write_text(ontology)
    command = [*("generate", str(source)), *("--out", str(project)), *("--name", project.name)]
    _checked([sys.executable, "-m", "terapin", *command], source.parent, os.environ)
    return Generated(project)


def _checked(command: list[str], folder: Path, environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command[1:])} failed:\n{done.stdout}{done.stderr}")
