"""The tasks of the guide have workers that run what was seeded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import REPOSITORY, environment
from .standing import assert_typed, run, write

DEEP = os.environ.get("TERAPIN_TEST_PROFILE") == "deep"
deep = pytest.mark.skipif(not DEEP, reason="in the deep profile")

ONTOLOGY = Path(__file__).parents[1] / "cases" / "code" / "tasks_of_the_guide" / "ontology.ttl"
CELERY = ("-m", "celery", "-A", "guide_service.tasks:app", "worker", "--concurrency=1")
COMMAND = ("-m", "guide_service", "worker")


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("tasks") / "guide_service", ONTOLOGY.read_text("utf-8"))


@deep
def test_pass_mypy_and_their_own_tests(guide: Path) -> None:
    assert_typed([guide])
    run(guide, sys.executable, "-m", "pytest", "-q", "-x")


@pytest.mark.parametrize(
    "worker",
    [
        pytest.param(CELERY, id="celery"),
        pytest.param(COMMAND, id="the service", marks=deep),
    ],
)
def test_are_run(guide: Path, worker: tuple[str, ...]) -> None:
    """By Celery's own command as by that of the service, from the queues that the ontology states."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.generated.working", str(guide)),
            *(sys.executable, *worker),
        ],
        cwd=REPOSITORY,
        env={**environment(), "PYTHONPATH": str(REPOSITORY / "src")},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    ended = [line.split() for line in done.stdout.splitlines()]
    assert [(name, queue, state) for name, queue, _, state in ended] == [
        ("generate_report", "reports", "succeeded"),
        ("send_email", "emails.high", "succeeded"),
    ]
    assert "nothing is written in guide_service.handlers.send_email" in done.stderr
