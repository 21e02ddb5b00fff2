"""The same graph gives the same bytes, however it is written and wherever terapin runs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pyoxigraph
import pytest
from click.testing import CliRunner

from terapin.cli import main
from tests.contract import DEEP
from tests.hostile.watch import watching

from .shuffling import shuffled

REPOSITORY = Path(__file__).parents[2]
ONTOLOGIES = sorted(
    [
        *REPOSITORY.glob("examples/*/*.ttl"),
        *REPOSITORY.glob("tests/cases/projects/*/ontology.ttl"),
        *REPOSITORY.glob("tests/cases/code/*/ontology.ttl"),
    ]
)
SHUFFLES = 50 if DEEP else 20
# The shuffles are divided among these.
SURROUNDINGS: tuple[Mapping[str, str], ...] = (
    {"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "UTC"},
    {"PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "TZ": "Pacific/Kiritimati"},
    {"PYTHONHASHSEED": "4242", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
    {"PYTHONHASHSEED": "31337", "LC_ALL": "POSIX", "PYTHONUTF8": "0", "TZ": "America/St_Johns"},
    {"PYTHONHASHSEED": "99", "LC_ALL": "", "LANG": "de_AT@euro"},
)


def test_shuffles_give_the_same(tmp_path: Path) -> None:
    share = SHUFFLES // len(SURROUNDINGS)
    found = [
        digests(number * share, (number + 1) * share, surroundings, tmp_path)
        for number, surroundings in enumerate(SURROUNDINGS)
    ]
    for number, path in enumerate(ONTOLOGIES):
        assert len({" ".join(each[number].split()) for each in found}) == 1, path
        assert len(found[0][number].split()) == 1, path


def digests(first: int, end: int, surroundings: Mapping[str, str], directory: Path) -> list[str]:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.determinism.digests", str(first), str(end)),
            *map(str, ONTOLOGIES),
        ],
        cwd=directory,
        env={
            **os.environ,
            **surroundings,
            "PYTHONPATH": os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "src")]),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("seed", range(20))
def test_a_shuffle_is_the_same_graph(seed: int) -> None:
    text = (REPOSITORY / "examples" / "blog" / "blog.ttl").read_text("utf-8")
    assert canonical(*shuffled(text, seed, 3)) == canonical(text)
    assert shuffled(text, seed) != shuffled(text, seed + 1)


def canonical(*documents: str) -> pyoxigraph.Dataset:
    quads = [
        quad
        for number, text in enumerate(documents)
        for quad in pyoxigraph.parse(
            text.replace("_:n", f"_:d{number}n").encode(), format=pyoxigraph.RdfFormat.TURTLE
        )
    ]
    dataset = pyoxigraph.Dataset(quads)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.UNSTABLE)
    return dataset


def test_generating_again_writes_nothing(tmp_path: Path) -> None:
    """What keeps two runs apart, below `local`, is opened and that is all."""
    out = tmp_path / "blog"
    source = REPOSITORY / "examples" / "blog" / "blog.ttl"
    command = ["generate", str(source), "--out", str(out)]
    assert CliRunner().invoke(main, command).exit_code == 0
    before = times(out)
    with watching(out / ".terapin" / "local") as watch:
        result = CliRunner().invoke(main, command)
    assert result.exit_code == 0
    assert not watch.violations
    assert times(out) == before


def times(root: Path) -> dict[Path, int]:
    files = (path for path in root.rglob("*") if path.is_file() and path.name != "running")
    return {path: path.stat().st_mtime_ns for path in files}
