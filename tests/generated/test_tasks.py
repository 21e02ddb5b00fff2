"""The tasks of the guide have workers that run what was seeded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract import DEEP

from .conftest import REPOSITORY, environment
from .standing import write_case

CELERY = ("-m", "celery", "-A", "tasks_of_the_guide_service.tasks:app", "worker", "--concurrency=1")
COMMAND = ("-m", "tasks_of_the_guide_service", "worker")


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_case(tmp_path_factory.mktemp("tasks"), "tasks_of_the_guide")


@pytest.mark.parametrize(
    "worker",
    [
        pytest.param(CELERY, id="celery"),
        pytest.param(
            COMMAND,
            id="the service",
            marks=pytest.mark.skipif(not DEEP, reason="in the deep profile"),
        ),
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
    assert "nothing is written in tasks_of_the_guide_service.handlers.send_email" in done.stderr
