"""What reads cost a service with a cache and without: in the process, without a network before it.

Sequential times are of one reader, the others of many at once. The ratios are of one run.

    python -m benchmarks.cache [--reads N] [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from tests.runtime.caching.blog import serving_kept
from tests.runtime.caching.valkey import Valkey, running
from tests.runtime.harness import Api, serving, settings_for

from benchmarks.service.asgi import read
from terapin.runtime.core.embedded import development_postgres
from terapin.runtime.core.migrations import upgrade

READERS = 20
ROWS = 50


@dataclass(frozen=True, slots=True)
class Times:
    """Of one read, in milliseconds, and how many there were in a second when many read at once.

    The processor's time is that of the service, and less disturbed by what else the machine does.
    """

    p50: float
    p99: float
    processor: float
    a_second: float


async def measure(app: FastAPI, path: str, reads: int) -> Times:
    for _ in range(10):
        await read(app, path)
    times = []
    began = time.process_time()
    for _ in range(reads):
        start = time.perf_counter()
        await read(app, path)
        times.append((time.perf_counter() - start) * 1000)
    processor = (time.process_time() - began) / reads * 1000

    async def reader() -> None:
        for _ in range(reads // READERS):
            await read(app, path)

    start = time.perf_counter()
    await asyncio.gather(*(reader() for _ in range(READERS)))
    a_second = reads / (time.perf_counter() - start)
    p99 = statistics.quantiles(times, n=100)[98]
    return Times(statistics.median(times), p99, processor, a_second)


async def fill(api: Api) -> Mapping[str, str]:
    user = await api.user()
    for _ in range(ROWS):
        await api.article(user)
    return {
        "a row": f"/users/{user['id']}",
        f"a list of {ROWS}": f"/posts?limit={ROWS}",
        "a row that embeds": f"/users/{user['id']}?include=posts",
    }


async def compare(url: str, valkey: Valkey, reads: int) -> dict[str, dict[str, Times]]:
    settings = settings_for(url, environment="production")
    kinds: dict[str, Callable[[], Any]] = {
        "without": lambda: serving(settings),
        "redis": lambda: serving_kept(settings, valkey),
        "redis and memory": lambda: serving_kept(settings, valkey, local_ttl=60),
    }
    async with serving(settings) as api:
        paths = await fill(api)
    found: dict[str, dict[str, Times]] = {}
    for kind, opened in kinds.items():
        async with opened() as api:
            # The memory is believed once its first ping was answered.
            await asyncio.sleep(0.5)
            for name, path in paths.items():
                found.setdefault(name, {})[kind] = await measure(api.app, path, reads)
    return found


def show(found: Mapping[str, Mapping[str, Times]]) -> None:
    """Ratios are to the reads without a cache: of the time, and of the processor's."""
    print(f"{'':40}{'p50 ms':>8}{'ratio':>7}{'p99 ms':>8}{'cpu ms':>8}{'ratio':>7}{'a second':>10}")
    for name, kinds in found.items():
        without = kinds["without"]
        for kind, times in kinds.items():
            wall, processor = without.p50 / times.p50, without.processor / times.processor
            print(
                f"{name:20}{kind:20}{times.p50:8.2f}{wall:7.1f}{times.p99:8.2f}"
                f"{times.processor:8.2f}{processor:7.1f}{times.a_second:10.0f}"
            )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--reads", type=int, default=1000)
    arguments.add_argument("--json", type=Path)
    options = arguments.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(development_postgres(folder / "postgres", durable=False))
        valkey = stack.enter_context(running(folder))
        upgrade("tests.runtime.blog", settings_for(url))
        found = asyncio.run(compare(url, valkey, options.reads))
    show(found)
    if options.json:
        content = {
            name: {kind: asdict(times) for kind, times in kinds.items()}
            for name, kinds in found.items()
        }
        options.json.write_text(json.dumps(content, indent=2))


if __name__ == "__main__":
    main()
