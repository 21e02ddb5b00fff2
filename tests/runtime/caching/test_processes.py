"""What several processes keep together: one load for all, and nothing that is overtaken."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE, Process
from typing import Any

import pytest

from terapin.runtime.core.caching.remote import LEASE

from .valkey import Valkey
from .worker import WORKERS, client, opened, question


async def start(*arguments: str) -> Process:
    command = (sys.executable, "-m", "tests.runtime.caching.worker", *arguments)
    return await asyncio.create_subprocess_exec(*command, stdout=PIPE)


async def finish(process: Process) -> dict[str, Any]:
    output, _ = await process.communicate()
    assert process.returncode == 0
    return dict(json.loads(output))


async def test_one_load_for_all_processes(shared_valkey: Valkey, namespace: str) -> None:
    workers = [await start("miss", shared_valkey.url, namespace) for _ in range(WORKERS)]
    found = await asyncio.gather(*map(finish, workers))
    assert found == [{"values": ["value"]}] * WORKERS
    async with client(shared_valkey.url) as redis:
        assert int(await redis.get(f"{namespace}:loads")) == 1


async def test_a_process_that_dies_while_it_loads(shared_valkey: Valkey, namespace: str) -> None:
    holder = await start("hold", shared_valkey.url, namespace)
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"loading\n"
    async with opened(shared_valkey.url, namespace) as cache:

        async def load() -> bytes:
            return b"value"

        async with asyncio.timeout(LEASE / 2):
            # Somebody is at it: nobody else begins.
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(LEASE / 4):
                    await cache.get(question("k", load))
        holder.kill()
        began = time.monotonic()
        assert (await cache.get(question("k", load))).body == b"value"
        assert time.monotonic() - began < LEASE + 1
    await holder.wait()


@pytest.mark.parametrize("local_ttl", ["0", "60"])
async def test_no_read_survives_a_write(
    shared_valkey: Valkey, namespace: str, local_ttl: str
) -> None:
    """Five thousand times a read of a process races a write, as often with what is kept in memory."""
    workers = [
        await start("race", shared_valkey.url, namespace, role, local_ttl) for role in ("0", "1")
    ]
    for found in await asyncio.gather(*map(finish, workers)):
        assert (found["stale"], found["overtaken"]) == (0, 0)
        assert found["hits"] > 0
