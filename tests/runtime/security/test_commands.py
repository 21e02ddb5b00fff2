"""`NAME tokens`, and the secret of those who develop."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click import Group
from click.testing import CliRunner

from terapin.runtime.core import cli
from terapin.runtime.core.cli import service_cli
from terapin.runtime.core.security.development import development_secret

from ..blog.settings import Settings
from .guarded import GuardedSettings, bearer, guarded, security
from .issuer import SECRET


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Group:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli, "package_directory", lambda _: tmp_path / "desk")
    # What the command sets goes with the test.
    monkeypatch.setenv("BLOG_SECURITY_SECRET", "")
    return service_cli("tests.runtime.security.desk")


async def test_issues_what_the_service_takes(
    command: Group, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLOG_SECURITY_SECRET", SECRET)
    arguments = ["--subject", "ada", "--role", "admin", "--role", "editor", "--tenant", "acme"]
    shown = CliRunner().invoke(command, ["tokens", "issue", *arguments])
    assert (shown.exit_code, shown.stderr) == (0, "")
    async with guarded(settings, security()) as api:
        response = await api.client.get("/me", headers=bearer(shown.stdout.strip().encode()))
    assert response.json() == {
        "id": "ada",
        "kind": "user",
        "roles": ["admin", "editor"],
        "tenant": "acme",
    }


async def test_a_secret_is_made_for_development(
    command: Group, settings: Settings, tmp_path: Path
) -> None:
    shown = CliRunner().invoke(command, ["tokens", "issue", "--subject", "ada"])
    assert "BLOG_SECURITY_SECRET is not set: using one of its own in" in shown.stderr
    secret = (tmp_path / ".dev" / "security" / "secret").read_text()
    async with guarded(settings, security(secret=secret)) as api:
        response = await api.client.get("/me", headers=bearer(shown.stdout.strip().encode()))
    assert response.json()["id"] == "ada"


def test_tokens_of_others_are_not_issued(command: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLOG_SECURITY_JWKS", "https://issuer.example.org/keys")
    shown = CliRunner().invoke(command, ["tokens", "issue", "--subject", "ada"])
    assert shown.exit_code == 1
    assert shown.stderr == "Error: tokens are issued by https://issuer.example.org/, not here\n"


def test_a_setting_that_cannot_be_is_told(command: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLOG_SECURITY_SECRET", "short")
    shown = CliRunner().invoke(command, ["tokens", "issue", "--subject", "ada"])
    assert shown.stderr == "Error: BLOG_SECURITY_SECRET must have at least 32 bytes\n"
    monkeypatch.setenv("BLOG_SECURITY_SECRET", SECRET)
    monkeypatch.setenv("BLOG_SECURITY_ALGORITHMS", '["RS256"]')
    shown = CliRunner().invoke(command, ["tokens", "issue", "--subject", "ada"])
    assert "needs public keys, but jwks is not set" in shown.stderr


def test_the_secret_stays_and_is_its_owners(tmp_path: Path) -> None:
    secret = development_secret(tmp_path / "a")
    assert development_secret(tmp_path / "a") == secret
    assert development_secret(tmp_path / "b") != secret
    assert stat.S_IMODE((tmp_path / "a" / "secret").stat().st_mode) == 0o600
    assert GuardedSettings.model_validate(
        {"security": {**security().model_dump(), "secret": secret}}
    ).security.secret


def test_a_service_that_asks_nobody_has_no_tokens() -> None:
    assert "tokens" not in service_cli("tests.runtime.blog").commands


@pytest.mark.parametrize("options", [[], ["--token", "1", "--subject", "ada"]])
def test_what_is_to_be_revoked_has_to_be_said(command: Group, options: list[str]) -> None:
    shown = CliRunner().invoke(command, ["tokens", "revoke", *options])
    assert shown.exit_code == 2
    assert "say either --subject or --token" in shown.stderr


@pytest.mark.parametrize("name", ["", "x" * 201, "line\nbreak", "\udcff"])
@pytest.mark.parametrize(
    "arguments",
    [
        ["tokens", "issue", "--subject"],
        ["tokens", "revoke", "--token"],
        ["tokens", "revoke", "--subject"],
        ["keys", "create", "--subject"],
        ["keys", "create", "--subject", "printer", "--role"],
        ["keys", "create", "--subject", "printer", "--tenant"],
    ],
)
def test_what_no_token_can_have_is_refused(command: Group, arguments: list[str], name: str) -> None:
    shown = CliRunner().invoke(command, [*arguments, name])
    assert shown.exit_code == 2
    assert "must be 1 to 200 printable characters" in shown.stderr


def test_no_token_is_issued_that_would_not_be_taken(command: Group) -> None:
    arguments = ["tokens", "issue", "--subject", "ada", "--seconds", "99999999999"]
    shown = CliRunner().invoke(command, arguments)
    assert shown.exit_code == 1
    assert shown.stderr.endswith("Error: none is taken that is good for 99999999999 s\n")


def test_a_database_that_is_away_is_told(command: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLOG_DATABASE_URL", "postgresql://127.0.0.1:1/x")
    for arguments in (["keys", "list"], ["tokens", "revoke", "--subject", "ada"]):
        shown = CliRunner().invoke(command, arguments)
        assert (shown.exit_code, shown.stdout) == (1, "")
        assert "Error: the database" in shown.stderr


# What a reload of `dev` starts.
_RELOADED = """
from terapin.runtime.core.cli import _Service
print(_Service("tests.runtime.security.desk").catch_up())
"""


@pytest.mark.parametrize(
    ("secret", "told"), [("", "using one of its own in"), ("short", "must have at least 32 bytes")]
)
def test_dev_that_began_without_tokens_goes_on(tmp_path: Path, secret: str, told: str) -> None:
    own = {
        "BLOG_DATABASE_URL": "postgresql://127.0.0.1:1/x",
        "BLOG_SECURITY_SECRET": secret,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    done = subprocess.run(
        [sys.executable, "-c", _RELOADED],
        env={**os.environ, **own},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, f"{not secret}\n")
    assert told in done.stderr
    assert "Traceback" not in done.stderr
