"""The servers for development and tests: each starts, is shared, and ends with its last user, however that ends."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from pymongo import MongoClient
from pymongo.errors import PyMongoError
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import make_url

from terapin.runtime.core import embedded
from terapin.runtime.core.embedded import EmbeddedServerError, development_server, processes

from .processes import all_gone, arguments, descendants, eventually, everyone

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

USER = """
import sys
from pathlib import Path
from terapin.runtime.core.embedded import development_server
with development_server(sys.argv[1], Path(sys.argv[2]), durable=False) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(params=["postgresql", "mongodb", "redis"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def directory(kind: str, tmp_path: Path) -> Iterator[Path]:
    directory = tmp_path / kind
    yield directory
    for home in homes(directory):
        shutil.rmtree(home, ignore_errors=True)


def homes(directory: Path) -> list[Path]:
    location = directory / "location"
    return [directory, *([Path(location.read_text())] if location.exists() else [])]


def test_what_is_durable_is_there_again(kind: str, directory: Path) -> None:
    with development_server(kind, directory) as url:
        write(url, "kept")
    with development_server(kind, directory) as url:
        assert read(url) == "kept"


def test_what_is_not_durable_leaves_nothing(kind: str, directory: Path) -> None:
    with development_server(kind, directory, durable=False) as url:
        write(url, "lost")
        home = homes(directory)[-1]
        assert home.exists()
    assert not home.exists()
    with development_server(kind, directory, durable=False) as url:
        assert read(url) is None


def test_it_is_for_this_machine_and_for_those_who_know_the_password(
    kind: str, directory: Path
) -> None:
    with development_server(kind, directory, durable=False) as url:
        address = make_url(url)
        assert address.host == "127.0.0.1"
        assert address.password
        assert address.password not in "".join(map(arguments, everyone()))
        with pytest.raises((asyncpg.PostgresError, PyMongoError, RedisError)):
            read(address.set(password="another").render_as_string(hide_password=False))


@linux
def test_it_stays_for_the_second_when_the_first_ends(kind: str, directory: Path) -> None:
    first, url = user(kind, directory)
    second, same = user(kind, directory)
    assert same == url
    write(url, "shared")
    first.communicate("")
    time.sleep(0.5)
    assert read(url) == "shared"
    second.communicate("")
    assert eventually(lambda: not running(directory))


@linux
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_with_a_user_that_is_killed(
    kind: str, directory: Path, end: signal.Signals
) -> None:
    process, _ = user(kind, directory)
    home, all_ = homes(directory)[-1], running(directory)
    assert len(all_) >= 2
    process.send_signal(end)
    process.communicate()
    assert all_gone(all_)
    assert not home.exists()


@linux
@pytest.mark.parametrize("victim", ["keeper", "server"])
def test_another_takes_the_place_of_one_that_died(kind: str, directory: Path, victim: str) -> None:
    first, url = user(kind, directory)
    (keeper,), all_ = keepers(directory), running(directory)
    for each in [keeper] if victim == "keeper" else descendants(keeper):
        os.kill(each, signal.SIGKILL)
    assert all_gone(all_)
    second, another = user(kind, directory)
    assert another != url
    write(another, "again")
    for process in (first, second):
        process.communicate("")
    assert eventually(lambda: not running(directory))


def test_why_it_did_not_start_is_told(kind: str, directory: Path) -> None:
    with development_server(kind, directory):
        data = homes(directory)[-1] / "data"
    spoilt, said = {
        "postgresql": ("postgresql.conf", "syntax error"),
        "mongodb": ("WiredTiger.turtle", "database corruption detected"),
        "redis": ("appendonlydir/appendonly.aof.manifest", "AOF MANIFEST FILE ERROR"),
    }[kind]
    (data / spoilt).write_text("nonsense")
    with (
        pytest.raises(EmbeddedServerError, match=f"did not start:\n(.|\n)*{said}"),
        development_server(kind, directory),
    ):
        pass
    assert eventually(lambda: not running(directory))


def test_what_is_not_installed_is_told(
    kind: str, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "find_spec", lambda _: None)
    with pytest.raises(EmbeddedServerError, match=r"its \[dev\] extra"):
        development_server(kind, directory).__enter__()


def test_a_service_needs_the_modules_of_its_own_servers_only(tmp_path: Path) -> None:
    """A service has `mongodb.py` and `valkey.py` only if it has such sources."""
    package = tmp_path / "embedded"
    shutil.copytree(Path(embedded.__file__).parent, package)
    for other in ("mongodb", "valkey"):
        (package / f"{other}.py").unlink()
    program = "import embedded.postgresql, sys; sys.exit('pymongo' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=False).returncode == 0
    )


def user(kind: str, directory: Path) -> tuple[subprocess.Popen[str], str]:
    """A process that uses a server until it reads the end of its input, and the server's URL."""
    process = subprocess.Popen(
        [sys.executable, "-c", USER, kind, str(directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    return process, process.stdout.readline().strip()


def keepers(directory: Path) -> list[int]:
    return [each for each in everyone() if f"keeper.py {directory} " in arguments(each)]


def running(directory: Path) -> list[int]:
    """The server and its keeper."""
    return [pid for each in keepers(directory) for pid in (each, *descendants(each))]


def write(url: str, value: str) -> None:
    asyncio.run(_in_postgresql(url, value)) if url.startswith("postgres") else _other(url, value)


def read(url: str) -> Any:
    return asyncio.run(_in_postgresql(url)) if url.startswith("postgres") else _other(url)


async def _in_postgresql(url: str, value: str | None = None) -> Any:
    connection = await asyncpg.connect(url, timeout=5)
    try:
        await connection.execute("CREATE TABLE IF NOT EXISTS kept (value text)")
        if value:
            await connection.execute("INSERT INTO kept VALUES ($1)", value)
        return await connection.fetchval("SELECT value FROM kept")
    finally:
        await connection.close()


def _other(url: str, value: str | None = None) -> Any:
    if url.startswith("redis"):
        with Redis.from_url(url, decode_responses=True) as redis:
            if value:
                redis.set("kept", value)
            return redis.get("kept")
    client: MongoClient[dict[str, Any]] = MongoClient(url, serverSelectionTimeoutMS=5000)
    with client:
        if value:
            client.kept.values.insert_one({"value": value})
        found = client.kept.values.find_one()
        return found and found["value"]
