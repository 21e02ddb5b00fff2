"""Runs every task of a service by a worker, whose command follows the service's directory.

A program, since what it imports is not for the process of the tests. It prints each task with the queue and the worker
that had it, and how it ended.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import Any

from .starting import Servers

SECONDS = 60


def main(project: Path, command: list[str]) -> None:
    package = project.name
    sys.path.append(str(project))
    with tempfile.TemporaryDirectory() as directory, ExitStack() as stack:
        servers = Servers(Path(directory), stack)
        urls = {
            "DATABASE_URL": servers.url("postgresql", package),
            "TASKS_BROKER_URL": servers.url("redis", package),
            "TASKS_RESULTS_URL": servers.url("redis", package),
        }
        os.environ.update({f"{package}_{name}".upper(): url for name, url in urls.items()})
        settings = import_module(f"{package}.settings").Settings()
        import_module(f"{package}.core.migrations").upgrade(package, settings)
        worker = subprocess.Popen(command, cwd=project, stdout=sys.stderr)
        try:
            asyncio.run(run_all(package, settings))
        finally:
            worker.send_signal(signal.SIGTERM)
            worker.wait(SECONDS)


async def run_all(package: str, settings: Any) -> None:
    tasks = import_module(f"{package}.tasks").tasks
    app = import_module(f"{package}.main").create_app(settings)
    sources = import_module(f"{package}.sources")
    async with app.router.lifespan_context(app):
        database = app.state.sources[sources.database]
        with app.state.sources.current():
            for task in tasks:
                await task.enqueue()
        async with asyncio.timeout(SECONDS):
            while await database.rows("SELECT 1 FROM task_runs WHERE ended_at IS NULL"):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        for row in await database.rows("SELECT name, state, worker FROM task_runs ORDER BY name"):
            print(row["name"], tasks.by_name[row["name"]].route, row["worker"], row["state"])


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
