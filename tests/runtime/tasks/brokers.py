"""A RabbitMQ of the tests' own, from Debian's package."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from ..test_commands import free_port

# The scripts themselves: what stands in the path runs as another user, who may not write where tests do.
_SCRIPTS = Path("/usr/lib/rabbitmq/bin")
_SECONDS = 240


class RabbitMQ:
    def __init__(self, directory: Path) -> None:
        self.port = free_port()
        self._directory = directory
        self._environment = {
            **os.environ,
            "HOME": str(directory),
            "RABBITMQ_NODENAME": f"test-{uuid4().hex[:8]}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none +S 1:1",
            "RABBITMQ_DIST_PORT": str(free_port()),
            "ERL_EPMD_PORT": str(free_port()),
            # Whose node was killed a moment ago may be told to end, too.
            "ERL_EPMD_RELAXED_COMMAND_CHECK": "true",
            "RABBITMQ_MNESIA_BASE": str(directory),
            "RABBITMQ_LOG_BASE": str(directory),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(directory / "plugins"),
            "RABBITMQ_PID_FILE": str(directory / "pid"),
            "RABBITMQ_CONFIG_FILE": str(directory / "none"),
        }
        (directory / "plugins").write_text("[].")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self._directory / "output").open("ab") as log:
            self._process = subprocess.Popen(
                [_SCRIPTS / "rabbitmq-server"],
                env=self._environment,
                cwd=self._directory,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._control("await_startup", "--timeout", str(_SECONDS))

    def kill(self) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def end_names(self) -> None:
        """Erlang's register of names, which outlives its nodes."""
        epmd = shutil.which("epmd")
        assert epmd
        subprocess.run([epmd, "-kill"], env=self._environment, capture_output=True, check=False)

    def own_url(self) -> str:
        """With queues of its own."""
        name = uuid4().hex
        self._control("add_vhost", name)
        self._control("set_permissions", "--vhost", name, "guest", ".*", ".*", ".*")
        return f"amqp://guest:guest@127.0.0.1:{self.port}/{name}"

    def _control(self, *arguments: str) -> str:
        end = time.monotonic() + _SECONDS
        while True:
            done = subprocess.run(
                [_SCRIPTS / "rabbitmqctl", *arguments],
                env=self._environment,
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
            )
            if done.returncode == 0:
                return done.stdout
            if time.monotonic() > end:
                raise AssertionError(done.stdout + done.stderr)
            time.sleep(0.5)


@contextmanager
def rabbitmq_running(directory: Path) -> Iterator[RabbitMQ]:
    if not os.access(_SCRIPTS / "rabbitmq-server", os.X_OK):
        pytest.skip("there is no RabbitMQ: apt-get install rabbitmq-server")
    broker = RabbitMQ(directory)
    try:
        broker.start()
        yield broker
    finally:
        broker.kill()
        broker.end_names()
