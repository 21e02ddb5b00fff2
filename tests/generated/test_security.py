"""A service that asks for tokens keeps what its document says, and has no secret to begin with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.contract import assert_keeps_contract

from .conftest import Generated, environment
from .standing import run, write_case
from .test_service import get, running


def test_keeps_its_contract(tmp_path: Path) -> None:
    """Also what is for nobody without a good token."""
    root = write_case(tmp_path, "accounts")
    (root / root.name / "extensions.py").write_text(_MINE)
    issue = (sys.executable, "-m", root.name, "tokens", "issue", "--subject", "ada")
    token = run(root, *issue).strip()
    with running(Generated(root.name, root)) as service:
        document = get(service.port, "/openapi.json")[1]
        for asking in (
            document["paths"]["/mine"]["get"],
            document["paths"]["/auth/password"]["post"],
        ):
            assert asking["security"] == [{"token": []}, {"key": []}]
            # A key beside a token is refused, and it would be sent beside this one.
            asking["security"] = [{"token": []}]
        document["security"] = [{}, {"token": []}]
        url = f"http://127.0.0.1:{service.port}"
        assert_keeps_contract(document, url, tmp_path, _ACCOUNTS, token=token)


# Nobody guesses the password or the token that there is.
_ACCOUNTS = """
[[operations]]
include-tag = "accounts"
checks.positive_data_acceptance.enabled = false
"""

_MINE = """\
from __future__ import annotations

from fastapi import FastAPI

from .core.security.subject import AuthenticatedSubject


def extend(app: FastAPI) -> None:
    @app.get("/mine")
    async def mine(subject: AuthenticatedSubject) -> str | None:
        return subject.id
"""


def test_does_not_serve_without_a_secret(tmp_path: Path) -> None:
    project = write_case(tmp_path, "accounts")
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
