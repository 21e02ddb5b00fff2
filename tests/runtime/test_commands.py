"""The command of a service, as a user runs it."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from terapin.runtime.core.cli import _is_loopback
from terapin.runtime.core.embedded import development_server

from .blog.cli import main
from .blog.settings import Settings
from .harness import database
from .processes import all_gone, arguments, descendants, name

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**others: str) -> dict[str, str]:
    ours = ("BLOG_", "MAILROOM_", "WAREHOUSE_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]), **others}


def start(
    directory: Path, *arguments: str, service: str = "tests.runtime.blog", **others: str
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", service, *arguments],
        cwd=directory,
        env=environment(**others),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait_for(url: str, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    process.kill()
    raise AssertionError(process.communicate()[0])


linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int, list[int]]]:
    port = free_port()
    process = start(tmp_path, "dev", "--port", str(port), "--rows", "5")
    wait_for(f"http://127.0.0.1:{port}/health/ready", process)
    yield process, port, descendants(process.pid)
    process.kill()
    process.communicate()


@linux
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_dev_serves_and_leaves_nothing_behind(
    running: tuple[subprocess.Popen[str], int, list[int]], end: signal.Signals
) -> None:
    process, port, children = running
    assert len(httpx.get(f"http://127.0.0.1:{port}/users").json()["items"]) == 5
    assert "postgres" in map(name, children)
    process.send_signal(end)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0, output
    assert f"http://127.0.0.1:{port}/docs" in output
    assert "the ontology says of no entity who may read or write it: everybody may" in output
    assert "Traceback" not in output
    assert all_gone(children)


@linux
def test_dev_leaves_nothing_behind_when_it_is_killed(
    running: tuple[subprocess.Popen[str], int, list[int]],
) -> None:
    process, _, children = running
    process.kill()
    process.wait()
    assert all_gone(children)


def test_dev_keeps_its_data_and_does_not_fill_again(tmp_path: Path) -> None:
    for _ in range(2):
        port = free_port()
        process = start(tmp_path, "dev", "--port", str(port), "--rows", "5")
        wait_for(f"http://127.0.0.1:{port}/health/ready", process)
        assert httpx.get(f"http://127.0.0.1:{port}/users?total=true").json()["total"] == 5
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


def test_a_busy_port_is_told_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = start(tmp_path, "dev", "--port", str(port))
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert output.strip() == f"Error: cannot listen on 127.0.0.1:{port}: Address already in use"
    assert not (tmp_path / ".dev").exists()


def test_serve_needs_a_database(tmp_path: Path) -> None:
    process = start(tmp_path, "serve", "--port", str(free_port()))
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert output.strip() == "Error: BLOG_DATABASE_URL is not set"


def test_what_nothing_guards_is_not_served_to_everybody(tmp_path: Path) -> None:
    told = (
        "Error: the ontology says of no entity who may read or write it: state permissions (auth:read, auth:create, "
        "auth:update, auth:delete), or set BLOG_OPEN_TO_ALL=true if everybody may"
    )
    url = {"BLOG_DATABASE_URL": "postgresql://u:p@127.0.0.1:1/x"}
    for command in ("serve", "--host", "0.0.0.0"), ("dev", "--host", "0.0.0.0"):
        process = start(tmp_path, *command, "--port", str(free_port()), **url)
        output, _ = process.communicate(timeout=60)
        assert (process.returncode, output.strip()) == (1, told)


@pytest.mark.parametrize(
    ("host", "here"),
    [("localhost", True), ("127.0.0.2", True), ("::1", True), ("0.0.0.0", False), ("a.b", False)],
)
def test_what_this_machine_alone_hears(host: str, here: bool) -> None:
    assert _is_loopback(host) is here


def test_dev_migrates_when_what_it_reloads_has_other_tables(tmp_path: Path) -> None:
    package = _copied(tmp_path)
    port = free_port()
    process = start(tmp_path, "dev", "--port", str(port), service="copied")
    try:
        wait_for(f"http://127.0.0.1:{port}/health/ready", process)
        tags = f"http://127.0.0.1:{port}/tags"
        assert "shade" not in httpx.post(tags, json={"name": "a"}).json()
        _edit(
            package / "models" / "tag.py",
            "    posts:",
            "    shade: Mapped[str | None]\n\n    posts:",
        )
        _edit(
            package / "schemas" / "tag.py",
            "    id: wire",
            "    shade: wire.Text | None\n    id: wire",
        )
        (package / "migrations" / "versions" / "0002_shade.py").write_text(SHADE)
        items: list[dict[str, object]] = []
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and "shade" not in str(items):
            with suppress(httpx.TransportError, KeyError):
                items = httpx.get(tags, timeout=1).json()["items"]
            time.sleep(0.2)
        assert items == [{"id": 1, "name": "a", "shade": None}]
    finally:
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 0, output


SHADE = """
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

def upgrade() -> None:
    op.add_column("tags", sa.Column("shade", sa.String()))
"""


def _copied(directory: Path) -> Path:
    """The blog, as a package that may be changed."""
    blog = ROOT / "tests" / "runtime" / "blog"
    copy = shutil.copytree(blog, directory / "copied", ignore=shutil.ignore_patterns("__pycache__"))
    for path in copy.rglob("*.py"):
        _edit(path, "tests.runtime.blog", "copied")
    return copy


def _edit(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text().replace(old, new))


@linux
def test_dev_starts_what_the_sources_need(tmp_path: Path) -> None:
    """Two of one project share the servers, which end with the second."""
    ports = [free_port(), free_port()]
    first, second = (
        start(tmp_path, "dev", "--port", str(port), service="tests.runtime.warehouse")
        for port in ports
    )
    for port, process in zip(ports, (first, second), strict=True):
        wait_for(f"http://127.0.0.1:{port}/health/ready", process)
    children = [*descendants(first.pid), *descendants(second.pid)]
    assert sum("secantus" in arguments(each) for each in children) == 2, "with its keeper"
    for port, process in zip(ports, (first, second), strict=True):
        sources = httpx.get(f"http://127.0.0.1:{port}/health/ready").json()["sources"]
        assert {each["status"] for each in sources.values()} == {"up"}
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
        assert process.returncode == 0, output
        data = tmp_path / ".dev"
        assert output.splitlines()[:4] == [
            f"WAREHOUSE_ORDERS_URL is not set: using a PostgreSQL of its own in {data / 'orders'}",
            f"WAREHOUSE_EVENTS_URL is not set: using a SecantusDB of its own in {data / 'events'}",
            f"WAREHOUSE_SESSIONS_URL is not set: using a Valkey of its own in {data / 'sessions'}",
            f"http://127.0.0.1:{port}  (documentation: http://127.0.0.1:{port}/docs)",
        ]
    assert all_gone(children)


def test_dev_uses_the_servers_that_are_configured(tmp_path: Path) -> None:
    with (
        development_server("redis", tmp_path / "own", durable=False) as url,
        development_server("postgresql", tmp_path / "other", durable=False) as other,
    ):
        port = free_port()
        configured = {"WAREHOUSE_SESSIONS_URL": url, "WAREHOUSE_ORDERS_URL": other}
        process = start(
            tmp_path, "dev", "--port", str(port), service="tests.runtime.warehouse", **configured
        )
        wait_for(f"http://127.0.0.1:{port}/health/ready", process)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
    assert "WAREHOUSE_EVENTS_URL" in output
    assert "WAREHOUSE_SESSIONS_URL" not in output
    assert [each.name for each in (tmp_path / ".dev").iterdir()] == ["events"]


def test_only_where_rows_lie_is_migrated(tmp_path: Path) -> None:
    process = start(tmp_path, "migrate", service="tests.runtime.warehouse")
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    assert output.splitlines()[-1] == "the collections are up to date"
    assert [each.name for each in (tmp_path / ".dev").iterdir()] == ["events"]


def test_serve_needs_every_source(tmp_path: Path) -> None:
    process = start(
        tmp_path,
        *("serve", "--port", str(free_port())),
        service="tests.runtime.warehouse",
        WAREHOUSE_EVENTS_URL="mongodb://127.0.0.1:1",
    )
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert output.strip() == "Error: WAREHOUSE_ORDERS_URL, WAREHOUSE_SESSIONS_URL are not set"


def test_a_mongodb_that_does_not_answer_is_told(tmp_path: Path) -> None:
    unreachable = "mongodb://service:hunter2@127.0.0.1:1"
    process = start(
        tmp_path, "migrate", service="tests.runtime.warehouse", WAREHOUSE_EVENTS_URL=unreachable
    )
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    last = output.splitlines()[-1]
    assert last.startswith("Error: MongoDB does not answer: 127.0.0.1:1: ")
    assert "Traceback" not in output
    assert "hunter2" not in output


def test_a_wrong_setting_is_told(tmp_path: Path) -> None:
    process = start(tmp_path, "migrate", BLOG_DATABASE_URL="mysql://u:hunter2@localhost/x")
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "BLOG_DATABASE_URL" in output
    assert "postgresql://user:password@host:port/database" in output
    assert "hunter2" not in output


def test_a_database_that_does_not_answer_is_told(tmp_path: Path) -> None:
    process = start(tmp_path, "migrate", BLOG_DATABASE_URL="postgresql://u:p@127.0.0.1:1/x")
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert output.startswith("Error: the database does not answer")
    assert len(output.splitlines()) == 1


def test_serve_in_production(server: Settings, tmp_path: Path) -> None:
    with asyncio.Runner() as runner:
        context = database(server)
        settings = runner.run(context.__aenter__())
        assert settings.database.url
        url = {"BLOG_DATABASE_URL": settings.database.url.get_secret_value()}
        for arguments in (("migrate",), ("seed", "--rows", "3")):
            command = start(tmp_path, *arguments, **url)
            output, _ = command.communicate(timeout=60)
            assert command.returncode == 0, output
        port = free_port()
        opened = {**url, "BLOG_OPEN_TO_ALL": "true"}
        process = start(tmp_path, "serve", "--port", str(port), "--workers", "2", **opened)
        wait_for(f"http://127.0.0.1:{port}/health/ready", process)
        response = httpx.get(f"http://127.0.0.1:{port}/users?total=true&limit=1")
        assert response.json()["total"] == 3
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=30)
        logged = [line for line in output.splitlines() if '"path":"/users"' in line]
        assert len(logged) == 1
        assert "limit=1" not in output
        runner.run(context.__aexit__(None, None, None))


def test_help_names_the_commands() -> None:
    result = CliRunner().invoke(main, ["--help"])
    for command in ("dev", "serve", "migrate", "seed"):
        assert command in result.output
