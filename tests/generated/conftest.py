"""Projects generated once a run, below a temporary directory, for every test that needs one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.synthetic import ontology

REPOSITORY = Path(__file__).parents[2]
CASES = REPOSITORY / "tests" / "cases" / "projects"
EXAMPLES = REPOSITORY / "examples"
SYNTHETIC = 100
# With the plugins that its environment has, and not those of ours, which take seconds to import.
OWN_TESTS = ("-m", "pytest", "-q", "-x", "-p", "pytest_asyncio.plugin")
PLUGINS = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


@dataclass(frozen=True, slots=True)
class Generated:
    """A project on disk, and its package."""

    name: str
    root: Path

    def run(self, *command: str, env: Mapping[str, str] | None = None, timeout: float = 300) -> str:
        """The output of a command in the project, which has to succeed."""
        done = subprocess.run(
            command,
            cwd=self.root,
            env={**environment(), **(env or {})},
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def python(
        self, *arguments: str, env: Mapping[str, str] | None = None, timeout: float = 300
    ) -> str:
        return self.run(sys.executable, *arguments, env=env, timeout=timeout)


def environment() -> dict[str, str]:
    """That of this process, without what belongs to the tests of terapin."""
    dropped = ("PYTEST_", "COV_", "PYTHONPATH")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(dropped)},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }


def terapin(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "terapin", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


SOURCES: Mapping[str, Callable[[Path], Path]] = {
    "blog": lambda _: EXAMPLES / "blog" / "blog.ttl",
    "guide": lambda _: CASES / "guide" / "ontology.ttl",
    "hostile": lambda _: CASES / "hostile" / "ontology.ttl",
    "types": lambda _: CASES / "types" / "ontology.ttl",
    "synthetic": lambda directory: _synthetic(directory),
}


def _synthetic(directory: Path) -> Path:
    path = directory / "synthetic.ttl"
    path.write_text(ontology(SYNTHETIC), "utf-8")
    return path


@pytest.fixture(scope="session", autouse=True)
def mypy_knows_the_libraries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One cache for all projects, which begins with what mypy found when it checked this repository."""
    cache, known = tmp_path_factory.mktemp("mypy") / "cache", REPOSITORY / ".mypy_cache"
    if known.is_dir():
        shutil.copytree(known, cache)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MYPY_CACHE_DIR", str(cache))
        yield


@pytest.fixture(scope="session", params=list(SOURCES))
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generated:
    return generated(request.param, tmp_path_factory)


@pytest.fixture(scope="session")
def blog(tmp_path_factory: pytest.TempPathFactory) -> Generated:
    return generated("blog", tmp_path_factory)


_MADE: dict[str, Generated] = {}


def generated(name: str, tmp_path_factory: pytest.TempPathFactory) -> Generated:
    if name not in _MADE:
        directory = tmp_path_factory.mktemp(name)
        package = "blog" if name == "blog" else f"{name}_service"
        source = SOURCES[name](directory)
        done = terapin("generate", str(source), "--out", str(directory / name), "--name", package)
        assert done.returncode == 0, done.stdout + done.stderr
        if name == "blog":
            shutil.copytree(EXAMPLES / "blog" / "written", directory / name, dirs_exist_ok=True)
        _MADE[name] = Generated(package, directory / name)
    return _MADE[name]
