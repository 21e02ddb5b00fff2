"""A process that shares a cache with others. What it is to do comes by argument, what it found goes to stdout."""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from pydantic import SecretStr

from terapin.runtime.core.caching import tags
from terapin.runtime.core.caching.cache import SharedCache
from terapin.runtime.core.caching.entries import Entry, Lifetime, Question
from terapin.runtime.core.settings import RedisSettings
from terapin.runtime.core.sources.redis import Redis

WORKERS = 4
MISSES = 100


@asynccontextmanager
async def opened(
    url: str, namespace: str, *, local_ttl: float = 0, limit: float = 10, **settings: Any
) -> AsyncIterator[SharedCache]:
    source = Redis("store", RedisSettings(url=SecretStr(url), **settings), application="worker")
    cache = SharedCache(
        "cache",
        Lifetime(60),
        source=source,
        namespace=namespace,
        version="1",
        local_ttl=local_ttl,
        is_outage=lambda error: isinstance(error, ConnectionError),
        limit=limit,
    )
    await cache.open()
    try:
        yield cache
    finally:
        await cache.close()
        await source.close()


def question(
    key: str,
    load: Callable[[], Awaitable[bytes | None]],
    lifetime: Lifetime | None = None,
) -> Question:
    """It depends on a tag called as its key."""

    async def entry() -> Entry:
        body = await load()
        return Entry(body or b"", negative=body is None)

    return Question(key, tags.depending([key]), entry, lifetime or Lifetime(60))


async def forget(cache: SharedCache, *words: str) -> None:
    cache.invalidate(frozenset(words))
    await cache.invalidated(frozenset(words))


async def miss(url: str, namespace: str) -> dict[str, Any]:
    """All ask at the same time, as soon as all are there."""
    async with opened(url, namespace) as cache, client(url) as redis:

        async def load() -> bytes:
            await redis.incr(f"{namespace}:loads")
            await asyncio.sleep(0.3)
            return b"value"

        await together(redis, f"{namespace}:ready", WORKERS)
        entries = await asyncio.gather(*(cache.get(question("k", load)) for _ in range(MISSES)))
        return {"values": sorted({entry.body.decode() for entry in entries})}


async def hold(url: str, namespace: str) -> dict[str, Any]:
    """Begins to load, and never ends."""
    async with opened(url, namespace, limit=60) as cache:

        async def load() -> bytes:
            print("loading", flush=True)
            await asyncio.sleep(60)
            return b"late"

        await cache.get(question("k", load))
    return {}


async def change(url: str, namespace: str) -> dict[str, Any]:
    """Announces a change, makes it, and never says so."""
    async with opened(url, namespace) as cache, client(url) as redis:
        await cache.announce(frozenset(["k"]), "ab12")
        await redis.set(f"{namespace}:true", b"after")
        print("changed", flush=True)
        await asyncio.sleep(60)
    return {}


async def race(url: str, namespace: str, role: str, local_ttl: str) -> dict[str, Any]:
    """Of each key one process changes what is true while both read it, and in the end both are asked again."""
    keys, at_once = 2500, 50
    async with opened(url, namespace, local_ttl=float(local_ttl)) as cache, client(url) as redis:

        def ask(key: str) -> Question:
            async def load() -> bytes:
                value = await redis.get(f"{namespace}:true:{key}")
                await asyncio.sleep(random.random() * 0.003)
                return bytes(value or b"before")

            return question(key, load)

        async def read(key: str) -> None:
            await asyncio.sleep(random.random() * 0.003)
            await cache.get(ask(key))

        async def write(key: str) -> bool:
            """Whether somebody who knows that it is done reads what was before."""
            await asyncio.sleep(random.random() * 0.003)
            await redis.set(f"{namespace}:true:{key}", b"after")
            await forget(cache, key)
            return (await cache.get(ask(key))).body != b"after"

        overtaken = 0
        for start in range(0, keys, at_once):
            some = [f"k{number}" for number in range(start, start + at_once)]
            await together(redis, f"{namespace}:turn:{start}", 2)
            reads = [read(key) for key in some]
            writes = [write(key) for position, key in enumerate(some) if position % 2 == int(role)]
            _, done = await asyncio.gather(asyncio.gather(*reads), asyncio.gather(*writes))
            overtaken += sum(done)
        await all_sent(cache)
        await together(redis, f"{namespace}:end", 2)
        await asyncio.sleep(0.2)
        stale = 0
        for number in range(keys):
            stale += (await cache.get(ask(f"k{number}"))).body != b"after"
        counts = cache.counts
        hits = counts.remote_hits + counts.local_hits
        return {"stale": stale, "overtaken": overtaken, "hits": hits}


async def all_sent(cache: SharedCache) -> None:
    """On a busy machine Redis can be silent for longer than a writer waits."""
    for _ in range(3000):
        if not cache.unsent:
            return
        await asyncio.sleep(0.01)


@asynccontextmanager
async def client(url: str) -> AsyncIterator[Any]:
    """For what is true, apart from the cache."""
    settings = RedisSettings(url=SecretStr(url), pool_max=100, statement_timeout=60)
    source = Redis("truth", settings, application="truth")
    try:
        yield source.client
    finally:
        await source.close()


async def together(redis: Any, name: str, number: int) -> None:
    """Goes on when so many processes have come here."""
    if await redis.incr(name) == number:
        await redis.rpush(f"{name}:go", *range(number))
    await redis.blpop(f"{name}:go")


if __name__ == "__main__":
    work: Any = {"miss": miss, "hold": hold, "change": change, "race": race}[sys.argv[1]]
    print(json.dumps(asyncio.run(work(*sys.argv[2:]))))
