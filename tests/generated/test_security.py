"""Services that ask for tokens stand, and pass their own tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract import assert_keeps_contract

from .conftest import Generated, environment
from .standing import assert_linted, assert_started, assert_typed, run, write
from .test_service import get, running

CASES = Path(__file__).parents[1] / "cases" / "code"
WITH_TOKENS = ("tokens_by_keys", "tokens_by_secret")


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("services")
    return {
        case: write(root / f"{case}_service", (CASES / case / "ontology.ttl").read_text("utf-8"))
        for case in WITH_TOKENS
    }


def test_pass_ruff(services: dict[str, Path]) -> None:
    assert_linted([*services.values()])


def test_pass_mypy(services: dict[str, Path]) -> None:
    assert_typed([*services.values()])


def test_migrate_and_start(services: dict[str, Path]) -> None:
    assert_started([*services.values()])


@pytest.mark.parametrize("case", WITH_TOKENS)
def test_passes_its_own_tests(services: dict[str, Path], case: str) -> None:
    run(services[case], sys.executable, "-m", "pytest", "-q", "-x")


def test_keeps_its_contract(services: dict[str, Path], tmp_path: Path) -> None:
    """Also what is for nobody without a good token."""
    root = services["tokens_by_secret"]
    (root / root.name / "extensions.py").write_text(_MINE)
    issue = (sys.executable, "-m", root.name, "tokens", "issue", "--subject", "ada")
    token = run(root, *issue).strip()
    with running(Generated(root.name, root)) as service:
        document = get(service.port, "/openapi.json")[1]
        mine = document["paths"]["/mine"]["get"]
        assert mine["security"] == [{"token": []}, {"key": []}]
        # A key beside a token is refused, and it would be sent beside this one.
        mine["security"], document["security"] = [{"token": []}], [{}, {"token": []}]
        url = f"http://127.0.0.1:{service.port}"
        assert_keeps_contract(document, url, tmp_path, token=token)


_MINE = """\
from __future__ import annotations

from fastapi import FastAPI

from .core.security.subject import AuthenticatedSubject


def extend(app: FastAPI) -> None:
    @app.get("/mine")
    async def mine(subject: AuthenticatedSubject) -> str | None:
        return subject.id
"""


def test_does_not_serve_without_a_secret(services: dict[str, Path]) -> None:
    project = services["tokens_by_secret"]
    name = project.name.upper()
    done = subprocess.run(
        [sys.executable, "-m", project.name, "serve"],
        cwd=project,
        env={**environment(), f"{name}_DATABASE_URL": "postgresql://x:x@127.0.0.1:1/x"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == f"Error: {name}_SECURITY_SECRET is not set\n"
