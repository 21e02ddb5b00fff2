"""What several processes keep together: one load for all, and nothing that is overtaken."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from terapin.runtime.core.caching.remote import IN_DOUBT, LEASE

from .valkey import Valkey
from .worker import WORKERS, all_sent, client, opened, question


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


@pytest.mark.parametrize("local_ttl", [0, 60])
async def test_a_process_that_dies_before_it_invalidates(
    shared_valkey: Valkey, namespace: str, local_ttl: int
) -> None:
    """What it has announced is kept by nobody until it can have taken effect, and what was there is gone."""
    async with (
        opened(shared_valkey.url, namespace, local_ttl=local_ttl) as cache,
        client(shared_valkey.url) as redis,
    ):
        loads = 0

        async def load() -> bytes:
            nonlocal loads
            loads += 1
            return bytes(await redis.get(f"{namespace}:true") or b"before")

        async def read() -> bytes:
            return (await cache.get(question("k", load))).body

        async def is_kept() -> bool:
            before = loads
            await read()
            return loads == before

        await until(is_kept)
        writer = await start("change", shared_valkey.url, namespace)
        assert writer.stdout is not None
        assert await writer.stdout.readline() == b"changed\n"
        writer.kill()
        await writer.wait()
        assert await read() == b"after"
        assert not await is_kept()
        await until(is_kept, IN_DOUBT + 5)
        assert await read() == b"after"


async def test_one_of_several_who_change_the_same_is_not_mistaken_for_all(
    shared_valkey: Valkey, namespace: str
) -> None:
    tags = frozenset(["k"])

    async def load() -> bytes:
        return b"value"

    async with opened(shared_valkey.url, namespace) as cache:
        for word in ("a1", "b2"):
            await cache.announce(tags, word)
        for word, kept in (("b2", False), ("a1", True)):
            cache.invalidate(tags, word)
            await all_sent(cache)
            for _ in range(2):
                await cache.get(question("k", load))
            assert (cache.counts.remote_hits > 0) is kept


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < end
        await asyncio.sleep(0.05)


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
