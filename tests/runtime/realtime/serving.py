"""The lounge as processes, which tell the port that they listen on."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO, Any

import uvicorn

from terapin.runtime.core.logs import configure_logging

from .lounge import Settings, create_app

PROTOCOL = "terapin.runtime.core.realtime.protocol:RealtimeProtocol"


class Lounge:
    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port

    def url(self, path: str) -> str:
        return f"ws://127.0.0.1:{self.port}{path}"

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def lounge(
    *,
    plain: bool = False,
    stderr: IO[bytes] | None = None,
    listening: socket.socket | None = None,
    **settings: Any,
) -> Iterator[Lounge]:
    """By uvicorn's own protocol if it is `plain`; on a socket that it may share with others."""
    with lounges(1, plain=plain, stderr=stderr, listening=listening, **settings) as [process]:
        yield process


@contextmanager
def lounges(
    number: int,
    *,
    plain: bool = False,
    stderr: IO[bytes] | None = None,
    listening: socket.socket | None = None,
    **settings: Any,
) -> Iterator[list[Lounge]]:
    environment = {
        **os.environ,
        "LOUNGE_ENVIRONMENT": "development",
        "LOUNGE_LOG_LEVEL": "ERROR",
        "LOUNGE_SECURITY_SECRET": "",
        **{f"LOUNGE_{name.upper()}": str(value) for name, value in settings.items()},
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-m", __name__, "websockets-sansio" if plain else PROTOCOL]
    shared = [] if listening is None else [listening.fileno()]
    with ExitStack() as stack:
        started = []
        for _ in range(number):
            process = subprocess.Popen(
                [*command, *map(str, shared)],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=stderr,
                pass_fds=shared,
            )
            stack.callback(_end, process)
            started.append(process)
        yield [Lounge(each, int(each.stdout.readline())) for each in started if each.stdout]


def _end(process: subprocess.Popen[bytes]) -> None:
    with process:
        process.kill()


def serve(protocol: str, shared: int | None = None) -> None:
    settings = Settings()
    configure_logging(settings)
    config = uvicorn.Config(
        create_app(settings),
        port=0,
        log_config=None,
        access_log=False,
        ws=protocol,
        ws_per_message_deflate=False,
        ws_ping_interval=float(os.environ.get("LOUNGE_PING", "20")),
        ws_ping_timeout=float(os.environ.get("LOUNGE_PING", "20")),
    )
    listening = config.bind_socket() if shared is None else socket.socket(fileno=shared)
    listening.listen(2048)
    print(listening.getsockname()[1], flush=True)
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    serve(sys.argv[1], *map(int, sys.argv[2:]))
