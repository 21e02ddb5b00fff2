"""Clients from npm that know nothing of us, and an audit of GraphQL over HTTP, against the blog as a server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ..blog.settings import Settings
from ..harness import listening

CLIENTS = Path(__file__).with_name("clients")
# What npm says where the registry is not to be had.
UNREACHABLE = re.compile(
    r"code (ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|ENETUNREACH|E40[134]|E5\d\d)"
)


@pytest.fixture(scope="session")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With what they depend on, as the lock file has it."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("Apollo, urql and graphql-http need node and npm, which are not there")
    directory = shutil.copytree(CLIENTS, tmp_path_factory.mktemp("npm") / "clients")
    command = [npm, "ci", "--prefer-offline", "--fetch-retries=0"]
    try:
        done = run(directory, *command)
    except subprocess.TimeoutExpired:
        pytest.skip("npm did not install Apollo, urql and graphql-http within two minutes")
    if found := UNREACHABLE.search(done.stderr):
        pytest.skip(f"npm cannot install Apollo, urql and graphql-http: {found.group()}")
    assert done.returncode == 0, done.stderr
    return directory


@pytest.mark.parametrize("fast_path", [False, True], ids=["ordinary", "compiled"])
@pytest.mark.parametrize("client", ["apollo", "urql", "http"])
def test_works_unchanged(
    clients: Path, server: Settings, migrated: Settings, client: str, fast_path: bool
) -> None:
    with listening(server, migrated, fast_path=fast_path) as (app, url):
        done = run(clients, "node", "--test", f"{client}.test.js", BLOG_URL=url)
        assert done.returncode == 0, done.stdout + done.stderr
        assert (app.state.shortcut.answered > 0) is fast_path


def run(directory: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=directory,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
