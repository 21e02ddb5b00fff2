"""The protocol: who loads, who waits, what is kept and for how long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from terapin.runtime.core.caching.cache import Cache
from terapin.runtime.core.caching.entries import Lifetime
from terapin.runtime.core.caching.local import Local
from terapin.runtime.core.caching.outbox import AwayError, Outbox
from terapin.runtime.core.caching.tags import EVERYTHING
from terapin.runtime.core.errors import NotFound
from terapin.runtime.core.resilience.deadlines import DeadlineExceededError, deadline

from .valkey import Valkey
from .worker import client, opened, question


class Source:
    """What is true, how often that was asked, and how long it takes."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.value: bytes | None = b"1"
        self.loads = 0
        self.seconds = seconds
        self.error: Exception | None = None

    async def __call__(self) -> bytes | None:
        self.loads += 1
        value = self.value
        await asyncio.sleep(self.seconds)
        if self.error is not None:
            raise self.error
        return value


@pytest.fixture(params=["memory", "redis", "redis and memory"])
async def cache(
    request: pytest.FixtureRequest, shared_valkey: Valkey, namespace: str
) -> AsyncIterator[Cache]:
    if request.param == "memory":
        yield Cache(
            "cache",
            Lifetime(60),
            is_outage=lambda error: isinstance(error, ConnectionError),
            limit=10,
        )
        return
    local_ttl = 60 if "memory" in request.param else 0
    async with opened(shared_valkey.url, namespace, local_ttl=local_ttl) as cache:
        if local_ttl:
            await until(lambda: cache.local.trusted_until > 0)
        yield cache


async def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def ask(cache: Cache, source: Source, lifetime: Lifetime | None = None) -> bytes | None:
    entry = await cache.get(question("k", source, lifetime))
    return None if entry.negative else entry.body


async def test_one_load_for_all_that_wait(cache: Cache) -> None:
    source = Source(0.05)
    answers = await asyncio.gather(*(ask(cache, source) for _ in range(1000)))
    assert set(answers) == {b"1"}
    assert source.loads == 1
    assert await ask(cache, source) == b"1"
    assert source.loads == 1


async def test_who_leaves_takes_nobody_along(cache: Cache) -> None:
    source = Source(0.2)
    leader = asyncio.create_task(ask(cache, source))
    await until(lambda: source.loads == 1)
    followers = [asyncio.create_task(ask(cache, source)) for _ in range(20)]
    await asyncio.sleep(0.01)
    leader.cancel()
    assert await asyncio.gather(*followers) == [b"1"] * 20
    assert source.loads == 1
    assert leader.cancelled()


async def test_who_has_little_time_takes_nobody_along(cache: Cache) -> None:
    source = Source(1)

    async def hurried() -> None:
        with pytest.raises(DeadlineExceededError), deadline(0.6):
            await ask(cache, source)

    hurry = asyncio.create_task(hurried())
    await until(lambda: source.loads == 1)
    assert await ask(cache, source) == b"1"
    await hurry
    assert source.loads == 1


async def test_what_nobody_waits_for_is_given_up(cache: Cache) -> None:
    source = Source(60)
    waiting = [asyncio.create_task(ask(cache, source)) for _ in range(3)]
    await until(lambda: source.loads == 1)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    source.seconds = 0
    async with asyncio.timeout(1):
        assert await ask(cache, source) == b"1"


async def test_an_error_is_not_kept(cache: Cache) -> None:
    source = Source(0.02)
    source.error = NotFound()
    answers = await asyncio.gather(*(ask(cache, source) for _ in range(9)), return_exceptions=True)
    assert all(isinstance(answer, NotFound) for answer in answers)
    source.error = None
    assert await ask(cache, source) == b"1"


async def test_invalidation(cache: Cache) -> None:
    source = Source()
    assert await ask(cache, source) == b"1"
    source.value = b"2"
    assert await ask(cache, source) == b"1"
    for word in ("k", EVERYTHING):
        source.value = word.encode()
        await told(cache, word)
        assert await ask(cache, source) == word.encode()
    await told(cache, "another")
    loads = source.loads
    await ask(cache, source)
    assert source.loads == loads


async def told(cache: Cache, *words: str) -> None:
    cache.invalidate(frozenset(words))
    await cache.invalidated(frozenset(words))


async def test_a_load_that_was_overtaken_is_not_kept(cache: Cache) -> None:
    """And is not the answer to who asked after the change."""
    source = Source(0.1)
    early = asyncio.create_task(ask(cache, source))
    await until(lambda: source.loads == 1)
    source.value = b"2"
    await told(cache, "k")
    late = await asyncio.gather(*(ask(cache, source) for _ in range(5)))
    assert late == [b"2"] * 5
    assert await early == b"1"
    assert await ask(cache, source) == b"2"
    assert source.loads == 2


async def test_ttl(cache: Cache) -> None:
    source = Source()
    await ask(cache, source, Lifetime(0.2))
    source.value = b"2"
    assert await ask(cache, source, Lifetime(0.2)) == b"1"
    await asyncio.sleep(0.25)
    assert await ask(cache, source, Lifetime(0.2)) == b"2"


async def test_nothing_has_a_time_of_its_own(cache: Cache) -> None:
    source = Source()
    source.value = None
    assert await ask(cache, source, Lifetime(60)) is None
    assert await ask(cache, source, Lifetime(60)) is None
    assert source.loads == 2
    assert await ask(cache, source, Lifetime(60, negative_ttl=0.3)) is None
    source.value = b"1"
    assert await ask(cache, source, Lifetime(60, negative_ttl=0.3)) is None
    await asyncio.sleep(0.35)
    assert await ask(cache, source, Lifetime(60, negative_ttl=0.3)) == b"1"


async def test_stale_answers_while_the_source_is_down(cache: Cache) -> None:
    source = Source()
    lifetime = Lifetime(0.1, stale_for=0.5)
    await ask(cache, source, lifetime)
    await asyncio.sleep(0.15)
    source.error = ConnectionError("down")
    assert await ask(cache, source, lifetime) == b"1"
    assert cache.counts.stale == 1
    source.error = NotFound()
    with pytest.raises(NotFound):
        await ask(cache, source, lifetime)
    source.error = ConnectionError("down")
    await asyncio.sleep(0.6)
    with pytest.raises(ConnectionError):
        await ask(cache, source, lifetime)


async def test_what_was_overtaken_is_not_even_a_stale_answer(cache: Cache) -> None:
    source = Source()
    lifetime = Lifetime(0.1, stale_for=60)
    await ask(cache, source, lifetime)
    await told(cache, "k")
    source.error = ConnectionError("down")
    with pytest.raises(ConnectionError):
        await ask(cache, source, lifetime)


async def test_what_is_too_large_is_not_kept(cache: Cache) -> None:
    source = Source()
    source.value = b"x" * (1024 * 1024 + 1)
    assert await ask(cache, source) == source.value
    await ask(cache, source)
    assert source.loads == 2


async def test_a_load_has_a_limit(shared_valkey: Valkey, namespace: str) -> None:
    async with opened(shared_valkey.url, namespace, limit=0.2) as cache:
        with pytest.raises(TimeoutError):
            await ask(cache, Source(60))


async def test_a_long_load_keeps_others_waiting(shared_valkey: Valkey, namespace: str) -> None:
    """Longer than a lease: it is renewed."""
    source = Source(2.5)
    async with (
        opened(shared_valkey.url, namespace) as one,
        opened(shared_valkey.url, namespace) as two,
    ):
        first = asyncio.create_task(ask(one, source))
        await until(lambda: source.loads == 1)
        assert await ask(two, source) == b"1"
        assert await first == b"1"
    assert source.loads == 1


async def test_an_invalidation_does_not_wait_for_an_old_load(
    shared_valkey: Valkey, namespace: str
) -> None:
    slow, quick = Source(1.5), Source()
    async with (
        opened(shared_valkey.url, namespace) as one,
        opened(shared_valkey.url, namespace) as two,
    ):
        first = asyncio.create_task(ask(one, slow))
        await until(lambda: slow.loads == 1)
        await told(two, "k")
        async with asyncio.timeout(1):
            await ask(two, quick)
        await first


async def test_memory_hears_of_other_processes(shared_valkey: Valkey, namespace: str) -> None:
    source = Source()
    async with (
        opened(shared_valkey.url, namespace, local_ttl=60) as one,
        opened(shared_valkey.url, namespace) as two,
    ):
        await until(lambda: one.local.trusted_until > 0)
        await ask(one, source)
        assert await ask(one, source) == b"1"
        assert one.counts.local_hits == 1
        source.value = b"2"
        await told(two, "k")
        await until(lambda: len(one.local) == 0)
        assert await ask(one, source) == b"2"


async def test_the_memory_of_a_process_that_hears_nothing_is_not_used(
    shared_valkey: Valkey, namespace: str
) -> None:
    source = Source()
    async with opened(shared_valkey.url, namespace, local_ttl=60) as cache:
        await until(lambda: cache.local.trusted_until > 0)
        await ask(cache, source)
        assert cache.kept("k") is not None
        async with client(shared_valkey.url) as redis:
            await redis.execute_command("CLIENT", "KILL", "TYPE", "PUBSUB")
        await until(lambda: len(cache.local) == 0)
        assert cache.kept("k") is None
        await until(lambda: cache.local.trusted_until > 0)
        await ask(cache, source)
        assert cache.kept("k") is not None


async def test_generations_that_redis_forgets_cost_a_load(
    shared_valkey: Valkey, namespace: str
) -> None:
    source = Source()
    async with (
        opened(shared_valkey.url, namespace) as cache,
        client(shared_valkey.url) as redis,
    ):
        await ask(cache, source)
        for key in await redis.keys(f"{namespace}:*:g:*"):
            await redis.delete(key)
        assert await ask(cache, source) == b"1"
        assert await ask(cache, source) == b"1"
        assert source.loads == 2


def test_memory_is_bounded() -> None:
    clock = [0.0]
    local = Local(max_entries=3, max_bytes=10_000, clock=lambda: clock[0])
    local.trusted_until = 100

    def put(key: str, size: int = 1) -> None:
        with local.watching(frozenset({EVERYTHING, key})) as watch:
            local.put(key, entry(size), watch, ttl=10)

    for key in "abc":
        put(key)
    assert local.get("a")
    put("d")
    assert [key for key in "abcd" if local.get(key)] == ["a", "c", "d"]
    put("large", 9_000)
    assert local.bytes <= 10_000
    assert local.get("large")
    clock[0] = 11
    assert local.get("large") is None
    local.invalidate([EVERYTHING])
    assert (len(local), local.bytes, local._by_tag, local._watches) == (0, 0, {}, {})


def entry(size: int) -> Any:
    from terapin.runtime.core.caching.entries import Entry

    return Entry(b"x" * size)


async def test_what_cannot_be_sent_waits() -> None:
    sent: list[set[str]] = []
    away = True

    async def send(words: Any) -> None:
        if away:
            raise AwayError
        sent.append(set(words))

    outbox = Outbox(send, limit=10)
    outbox.add(["a", "b"])
    with pytest.raises(AwayError):
        await outbox.sent(frozenset("a"))
    await outbox.sent(frozenset("c"))
    outbox.add(map(str, range(20)))
    assert len(outbox) == 1
    assert outbox.holds(frozenset("c"))
    away = False
    await until(lambda: not len(outbox))
    assert sent == [{EVERYTHING}]
    assert not outbox.holds(frozenset("c"))


Ill = Callable[[Valkey], None]


def restart(valkey: Valkey) -> None:
    valkey.kill()
    valkey.start()


@pytest.mark.parametrize(
    ("fall", "rise"), [(Valkey.pause, Valkey.resume), (Valkey.kill, Valkey.start)]
)
async def test_without_redis_everything_works(
    valkey: Valkey, namespace: str, fall: Ill, rise: Ill
) -> None:
    source = Source()
    async with opened(valkey.url, namespace, local_ttl=60, breaker_reset=0.3) as cache:
        await ask(cache, source)
        fall(valkey)
        try:
            source.value = b"2"
            await told(cache, "k")
            loop = asyncio.get_running_loop()
            for _ in range(20):
                began = loop.time()
                assert await ask(cache, source) == b"2"
                assert loop.time() - began < 1
            assert cache.unsent == 1
        finally:
            rise(valkey)
        source.value = b"3"
        await told(cache, "k")
        assert await ask(cache, source) == b"3"
        await until(lambda: not cache.unsent)
        await until(lambda: cache.local.trusted_until > 0)
        for _ in range(100):
            before = source.loads
            assert await ask(cache, source) == b"3"
            if source.loads == before:
                return
            await asyncio.sleep(0.05)
        pytest.fail("nothing is kept any more")


async def test_what_a_restart_brings_back_is_not_read(valkey: Valkey, namespace: str) -> None:
    """Redis wrote to disk before it heard of an invalidation."""
    source = Source()
    async with opened(valkey.url, namespace) as cache:
        await ask(cache, source)
        async with client(valkey.url) as redis:
            await redis.save()
        source.value = b"2"
        await told(cache, "k")
        restart(valkey)
    async with opened(valkey.url, namespace) as cache:
        async with client(valkey.url) as redis:
            assert await redis.keys(f"{namespace}:*")
        assert await ask(cache, source) == b"2"


async def test_a_busy_pool_is_no_outage(shared_valkey: Valkey, namespace: str) -> None:
    async with opened(shared_valkey.url, namespace, pool_max=1, acquire_timeout=5) as cache:
        await ask(cache, Source())
        questions = [question(f"k{number}", Source()) for number in range(300)]
        await asyncio.gather(*map(cache.get, questions))
        await asyncio.gather(*map(cache.get, questions))
        assert cache.counts.remote_hits > 200
