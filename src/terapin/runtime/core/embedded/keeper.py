"""Keeps a server running for as long as somebody uses it. A program of its own, which survives its users.

    python keeper.py DIRECTORY PORT SIGNAL USER REMOVED COMMAND...

A user holds a shared lock on `users.lock`, which the system releases however the user ends. Then the server is
ended by SIGNAL, and the directory REMOVED is, if any. `alive.lock` is held until all of that is done.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

STOP_SECONDS = 20
TELL_SECONDS = 2
_PR_SET_PDEATHSIG = 1


def main(
    directory: Path, port: int, stop: int, user: str, removed: str, command: Sequence[str]
) -> None:
    os.setsid()
    with (directory / "alive.lock").open("w") as alive:
        fcntl.flock(alive, fcntl.LOCK_EX)
        server = _start(command, stop, user, alive)
        for each in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            signal.signal(each, lambda *_: server.send_signal(stop))
        threading.Thread(
            target=_end_when_unused,
            args=(directory / "users.lock", server, stop, port),
            daemon=True,
        ).start()
        server.wait()
        if removed:
            shutil.rmtree(removed, ignore_errors=True)


def _start(command: Sequence[str], stop: int, user: str, alive: TextIO) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        cwd="/",
        user=user or None,
        group=pwd.getpwnam(user).pw_gid if user else None,
        extra_groups=[] if user else None,
        pass_fds=[alive.fileno()],
        preexec_fn=_death_signal(stop),
    )


def _death_signal(number: int) -> Callable[[], None] | None:
    """On Linux the server ends even when the keeper is killed.

    The library is loaded before the fork, after which little is safe.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(_PR_SET_PDEATHSIG, number)


def _end_when_unused(users: Path, server: subprocess.Popen[bytes], stop: int, port: int) -> None:
    """The lock is kept to the end: a user that comes meanwhile waits, and then starts another server."""
    with users.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        deadline = told = time.monotonic()
        deadline += STOP_SECONDS
        while (now := time.monotonic()) < deadline:
            if now >= told:
                # Not all hear it while they are busy.
                server.send_signal(stop)
                told = now + TELL_SECONDS
            # A server that waits in accept() may not see that it is to end until somebody connects.
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
            time.sleep(0.05)
        server.kill()
        server.wait()


if __name__ == "__main__":
    _directory, _port, _stop, _user, _removed, *_command = sys.argv[1:]
    main(Path(_directory), int(_port), int(_stop), _user, _removed, _command)
