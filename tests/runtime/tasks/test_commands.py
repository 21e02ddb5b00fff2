"""The commands of a service with tasks."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from terapin.runtime.core.tasks.declared import Priority, Task, TaskParameters, Tasks
from terapin.runtime.core.tasks.sending import chain
from terapin.runtime.core.tasks.settings import TaskSettings
from terapin.runtime.core.tasks.testing import run_waiting
from terapin.runtime.core.tasks.worker import Node, nodes

from ..mailroom.cli import main
from ..mailroom.tasks import declared
from ..processes import all_gone, descendants
from ..test_commands import ROOT, free_port, start, wait_for
from .office import PACKAGE, Office, deep, environment, eventually


async def _invoke(office: Office, *arguments: str, text: str | None = None) -> Result:
    own = environment(office.settings)
    return await asyncio.to_thread(CliRunner().invoke, main, arguments, input=text, env=own)


async def test_dead_tasks_are_listed_run_again_and_removed(desk: Office) -> None:
    dead = await declared.fragile.enqueue(body="x", failures=1, error="KeyError")
    await run_waiting(desk.app)
    listed = await _invoke(desk, "tasks", "list")
    assert str(dead.id) in listed.output
    assert "fragile  1x  KeyError: 'attempt 1'" in listed.output
    assert (await _invoke(desk, "tasks", "list", "--state", "succeeded")).output == ""
    assert (await _invoke(desk, "tasks", "retry", str(dead.id))).output == "1 sent again\n"
    again = await _invoke(desk, "tasks", "retry", str(dead.id))
    assert (again.exit_code, again.output) == (1, f"Error: {dead.id} is not dead\n")
    await run_waiting(desk.app)
    assert (await _invoke(desk, "tasks", "retry", "--all")).output == "1 sent again\n"
    await run_waiting(desk.app)
    assert "Aborted" in (await _invoke(desk, "tasks", "purge", text="n\n")).output
    assert (await _invoke(desk, "tasks", "purge", "--yes")).output == "1 removed\n"
    assert await desk.states() == {}


async def test_what_waits_for_a_cancelled_task_is_cancelled(desk: Office) -> None:
    first, *_ = await chain(*(declared.deliver.call(body=str(n)) for n in range(3))).enqueue()
    assert (await _invoke(desk, "tasks", "cancel", str(first.id))).output == "it was waiting\n"
    assert await desk.states() == {"cancelled": 3}
    again = await _invoke(desk, "tasks", "cancel", str(first.id))
    assert again.output == f"Error: {first.id} has ended, or never was\n"


async def test_what_waits_for_a_task_that_is_removed_is_cancelled(desk: Office) -> None:
    fails = declared.fragile.call(body="x", failures=9, error="KeyError")
    await chain(fails, *(declared.deliver.call(body=str(n)) for n in range(2))).enqueue()
    await run_waiting(desk.app)
    assert await desk.states() == {"dead": 1, "waiting": 2}
    assert (await _invoke(desk, "tasks", "purge", "--yes")).output == "1 removed\n"
    assert await desk.states() == {"cancelled": 2}


@pytest.mark.parametrize("command", ["worker", "beat", "flower", "relay", "serve"])
def test_what_has_to_do_with_tasks_needs_their_urls(command: str) -> None:
    own = {"MAILROOM_DATABASE_URL": "postgresql://localhost/x"}
    told = CliRunner().invoke(main, [command], env=own)
    assert told.exit_code == 1
    assert told.output == (
        "Error: MAILROOM_TASKS_BROKER_URL, MAILROOM_TASKS_RESULTS_URL are not set\n"
    )


# What a reload of `dev` starts.
_RELOADED = f"""
import uvicorn
from terapin.runtime.core.cli import _serve_with_parent
_serve_with_parent(uvicorn.Config("nothing:there"), [], package="{PACKAGE}")
"""


def test_dev_that_began_without_tasks_is_to_be_started_again() -> None:
    """It has started no broker for those that have come since."""
    own = {"MAILROOM_DATABASE_URL": "postgresql://localhost/x", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", _RELOADED],
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    [line] = done.stderr.splitlines()
    assert "start dev again, which has no server for it yet: MAILROOM_TASKS_BROKER_URL" in line


def test_a_database_that_is_away_is_told() -> None:
    own = {"MAILROOM_DATABASE_URL": "postgresql://127.0.0.1:1/x"}
    told = CliRunner().invoke(main, ["tasks", "list"], env=own)
    assert (told.exit_code, told.stdout) == (1, "")
    assert "Error: the database cannot be reached\n" in told.stderr


async def test_a_database_without_the_table_is_told(desk: Office) -> None:
    url = environment(desk.settings)["MAILROOM_DATABASE_URL"]
    own = {"MAILROOM_DATABASE_URL": f"{url.rpartition('/')[0]}/postgres"}
    told = await asyncio.to_thread(CliRunner().invoke, main, ["tasks", "list"], env=own)
    assert told.stderr == 'Error: relation "task_runs" does not exist: `migrate` makes it\n'


def test_an_unknown_pool_is_told() -> None:
    own = {
        "MAILROOM_DATABASE_URL": "postgresql://localhost/x",
        "MAILROOM_TASKS_BROKER_URL": "redis://localhost/0",
        "MAILROOM_TASKS_RESULTS_URL": "redis://localhost/1",
    }
    told = CliRunner().invoke(main, ["worker", "--pool", "x"], env=own)
    assert told.exit_code == 2
    assert "there is no pool x: there are default, long" in told.output


@pytest.mark.parametrize("url", ["localhost", "http://localhost", "kafka://x"])
def test_an_url_of_another_kind_is_told(url: str) -> None:
    told = CliRunner().invoke(main, ["worker"], env={"MAILROOM_TASKS_BROKER_URL": url})
    assert "MAILROOM_TASKS_BROKER_URL must be of the form amqp://" in told.output


def _task(name: str, priority: Priority, queue: str = "q", pool: str = "default") -> Task[[]]:
    return Task(name, TaskParameters, "m:f", queue=queue, priority=priority, pool=pool)


def test_a_pool_keeps_processes_for_what_is_urgent() -> None:
    tasks = Tasks(
        "x",
        (
            _task("a", Priority.LOW),
            _task("b", Priority.NORMAL, "p"),
            _task("c", Priority.HIGH),
            _task("d", Priority.HIGH, "r", "other"),
        ),
    )
    own = TaskSettings(concurrency={"other": 3})
    assert [*nodes(tasks, own, tasks.pools, 5)] == [
        Node("default", ["q.high", "p", "q.low"], 5),
        Node("default.normal", ["q.high", "p"], 1),
        Node("default.high", ["q.high"], 1),
        Node("other", ["r.high"], 5),
    ]
    assert [*nodes(tasks, own, ["other"], None)] == [Node("other", ["r.high"], 3)]


@deep
async def test_flower_asks_for_a_password(desk: Office) -> None:
    port = free_port()
    told = await _invoke(desk, "flower")
    assert told.output.strip() == "Error: MAILROOM_TASKS_FLOWER_PASSWORD is not set"
    own = {**environment(desk.settings), "MAILROOM_TASKS_FLOWER_PASSWORD": "secret"}
    process = start(desk.directory, "flower", "--port", str(port), service=PACKAGE, **own)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:

            async def listens() -> bool:
                try:
                    return (await client.get("/")).status_code > 0
                except httpx.TransportError:
                    return False

            assert await eventually(listens, 60)
            for path in ("/", "/workers", "/api/workers", "/tasks", "/api/tasks"):
                assert (await client.get(path)).status_code == 401
            wrong = {"Authorization": "Basic " + base64.b64encode(b"admin:x").decode()}
            assert (await client.get("/workers", headers=wrong)).status_code == 401
            right = {"Authorization": "Basic " + base64.b64encode(b"admin:secret").decode()}
            assert (await client.get("/workers", headers=right)).status_code == 200
    finally:
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=30)
    assert "secret" not in output


@deep
def test_dev_runs_tasks_and_leaves_nothing_behind(tmp_path: Path) -> None:
    port = free_port()
    process = start(tmp_path, "dev", "--port", str(port), service=PACKAGE)
    try:
        wait_for(f"http://127.0.0.1:{port}/health/ready", process)
        url = f"http://127.0.0.1:{port}"
        sent = httpx.post(f"{url}/tasks/deliver", json={"body": "in development"})
        assert sent.status_code == 202

        async def done() -> bool:
            async with httpx.AsyncClient() as client:
                run = await client.get(f"{url}{sent.headers['Location']}")
                return bool(run.json()["state"] == "succeeded")

        assert asyncio.run(eventually(done, 60))
        children = descendants(process.pid)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
        assert "Traceback" not in output
        assert all_gone(children)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
