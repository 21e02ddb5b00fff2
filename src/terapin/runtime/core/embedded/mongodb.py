"""A server that speaks as MongoDB does, for development and tests: SecantusDB, from the wheel `secantusdb`.

It is a process of its own and never imported.
"""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from .processes import HOST, Server, shared, wheel

_USER = "service"


def development_mongodb(directory: Path, *, durable: bool = True) -> AbstractContextManager[str]:
    """The URL of a running server whose data lie in `directory`; it is started unless another process did.

    Without `durable` everything is removed at the end: right for tests.
    """
    wheel("secantus", "MongoDB")
    return shared(directory, _Protected, durable=durable)


@dataclass(frozen=True, slots=True)
class _Open(Server):
    """As the wheel starts it: without users, and so for everybody."""

    name = "SecantusDB"

    @property
    def stop(self) -> signal.Signals:
        return signal.SIGTERM if self.durable else signal.SIGKILL

    def prepare(self) -> None:
        self.data.mkdir(mode=0o700, exist_ok=True)
        # Without one of its own it would read the configuration of whoever starts it.
        self.configuration.touch()

    def command(self, port: int) -> Sequence[str]:
        return (
            *(sys.executable, "-m", "secantus", f"--config={self.configuration}"),
            *(f"--host={HOST}", f"--port={port}", f"--storage-path={self.data}"),
            *("--standalone", "--cache-size=256M", "--log-level=WARNING"),
        )

    def is_ready(self, port: int) -> bool:
        with (
            contextlib.suppress(OSError, PyMongoError),
            socket.create_connection((HOST, port), timeout=2),
            _client(self.url(port)) as client,
        ):
            client.admin.command("ping")
            return True
        return False

    def url(self, port: int) -> str:
        return f"mongodb://{HOST}:{port}"

    @property
    def configuration(self) -> Path:
        return self.home / "secantusd.toml"


@dataclass(frozen=True, slots=True)
class _Protected(_Open):
    """With a user, who can only be made while it is open."""

    def prepare(self) -> None:
        if not self.data.exists():
            self._initialise()
        _Open.prepare(self)

    def command(self, port: int) -> Sequence[str]:
        return (*_Open.command(self, port), "--auth")

    def url(self, port: int) -> str:
        return f"mongodb://{_USER}:{self.password}@{HOST}:{port}"

    def _initialise(self) -> None:
        fresh = self.home / "fresh"
        shutil.rmtree(fresh, ignore_errors=True)
        password = self.make_password().read_text()
        with shared(fresh, _Open, durable=True) as url, _client(url) as client:
            client.admin.command("createUser", _USER, pwd=password, roles=["root"])
        (fresh / "data").rename(self.data)
        shutil.rmtree(fresh)


def _client(url: str) -> MongoClient[dict[str, Any]]:
    return MongoClient(url, serverSelectionTimeoutMS=2000, socketTimeoutMS=2000)
