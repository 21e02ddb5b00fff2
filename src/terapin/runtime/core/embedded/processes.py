"""What the servers for development and tests share: how one starts, is found by others, and ends with its last user.

They listen on 127.0.0.1 only, on a free port, behind a password of their own.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import signal
import socket
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, ClassVar

from . import keeper

HOST = "127.0.0.1"
START_SECONDS = 60


class EmbeddedServerError(RuntimeError):
    """The server cannot be started; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Server(ABC):
    """A server of one kind; `home` holds its data, its password and its log."""

    name: ClassVar[str]

    home: Path
    durable: bool

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def password(self) -> str:
        return (self.home / "password").read_text()

    def make_password(self) -> Path:
        """The file with it, which is kept for as long as the data are."""
        path = self.home / "password"
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24))
        return path

    @property
    def stop(self) -> signal.Signals:
        """Which ends it in order."""
        return signal.SIGTERM

    @abstractmethod
    def prepare(self) -> None:
        """Make what has to be there before it starts."""

    @abstractmethod
    def command(self, port: int) -> Sequence[str]: ...

    @abstractmethod
    def is_ready(self, port: int) -> bool: ...

    @abstractmethod
    def url(self, port: int) -> str: ...


@contextlib.contextmanager
def shared(
    directory: Path, made: Callable[[Path, bool], Server], *, durable: bool, account: str = ""
) -> Iterator[str]:
    """The URL of the server of `directory`, which is started unless another process did.

    It runs as `account`, if any. One that is not `durable` is removed with its last user.
    """
    directory = directory.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "users.lock").open("w") as users:
        try:
            with _alone(directory):
                fcntl.flock(users, fcntl.LOCK_SH)
                server = made(_home(directory, durable, account), durable)
                port = _running(directory, server) or _started(directory, server, account)
            yield server.url(port)
        finally:
            _leave(directory, users)


def wheel(module: str, name: str) -> Path:
    """Where a wheel that brings a server is installed; it is not imported."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise EmbeddedServerError(
            f"there is no {name} to start: "
            "install the package with its [dev] extra, or set the URL of a server"
        )
    return Path(spec.origin).parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def is_reachable(path: Path) -> bool:
    """For any account."""
    return all(parent.stat().st_mode & 0o001 for parent in (path, *path.parents) if parent.is_dir())


def _home(directory: Path, durable: bool, account: str) -> Path:
    """The directory itself, or one beside the system's temporary files that its `location` names."""
    if durable and (not account or is_reachable(directory)):
        return directory
    location = directory / "location"
    if location.exists() and Path(location.read_text()).is_dir():
        return Path(location.read_text())
    home = Path(tempfile.mkdtemp(prefix=f"{directory.name}-"))
    if account:
        home.chmod(0o711)
    location.write_text(str(home))
    return home


def _running(directory: Path, server: Server) -> int | None:
    if not _is_alive(directory):
        return None
    port = int((directory / "port").read_text())
    _wait_until_ready(server, port, lambda: not _is_alive(directory))
    return port


def _started(directory: Path, server: Server, account: str) -> int:
    server.prepare()
    port = free_port()
    (directory / "port").write_text(str(port))
    removed = "" if server.durable else str(server.home)
    stop = str(int(server.stop))
    command = [
        *(sys.executable, "-I", "-S", keeper.__file__),
        *(str(directory), str(port), stop, account, removed),
        *server.command(port),
    ]
    # Not by `subprocess`, which would complain of a server that others use longer than this process.
    process = os.posix_spawn(command[0], command, os.environ, file_actions=_logging(server.log))
    _wait_until_ready(server, port, lambda: os.waitpid(process, os.WNOHANG) != (0, 0))
    return port


def _logging(log: Path) -> Sequence[tuple[Any, ...]]:
    anew = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    return (
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), anew, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    )


def _wait_until_ready(server: Server, port: int, has_ended: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not server.is_ready(port):
        if has_ended() or time.monotonic() > deadline:
            lines = server.log.read_text(errors="replace").splitlines()[-8:]
            raise EmbeddedServerError("\n".join([f"{server.name} did not start:", *lines]))
        time.sleep(0.02)


def _leave(directory: Path, users: IO[str]) -> None:
    """Wait for the server's end, unless somebody else uses it."""
    with _alone(directory):
        is_last = _locked(users, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_UN)
        if not is_last:
            # Either at once, or when the keeper, which was faster, has ended.
            fcntl.flock(users, fcntl.LOCK_SH)
            return
        deadline = time.monotonic() + keeper.STOP_SECONDS + 5
        while _is_alive(directory) and time.monotonic() < deadline:
            time.sleep(0.01)


def _is_alive(directory: Path) -> bool:
    with (directory / "alive.lock").open("w") as alive:
        return not _locked(alive, fcntl.LOCK_SH)


def _locked(file: IO[str], how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Nobody else starts, joins or leaves meanwhile."""
    with (directory / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
