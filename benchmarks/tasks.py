"""What it costs to send a task by the outbox and to run it, beside Celery's `delay`, which may lose it.

A service of one task is generated, and the same task declared for Celery alone, once as it comes and once so that a
worker that is killed loses nothing. All share one Valkey and are measured in turns; each has a worker of two processes.

    python -m benchmarks.tasks [--sends N] [--tasks N] [--durable] [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import asdict, astuple, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from tests.ontologies import PREFIXES
from tests.runtime.caching.valkey import running

from benchmarks.service.celery_alone import ACKS_LATE, BROKER, RESULTS, celery_alone
from benchmarks.service.generated import REPOSITORY, Generated, generate
from benchmarks.service.processes import Process, postgres_of
from terapin.runtime.core.embedded import development_postgres

ROUNDS = 5
TOGETHER = 50
WARM = 100
LONGEST = 300.0

LETTER = {"recipient": "ada@example.org", "subject": "Welcome", "body": "It is out. " * 20}

ONTOLOGY = """
ex:SendEmailTask a task:AsyncTask ;
  task:parameters (
    [ task:name "recipient" ; task:type "Email" ]
    [ task:name "subject" ; task:type "String" ]
    [ task:name "body" ; task:type "Text" ]
  ) .
"""

HANDLER = """
from ..core.tasks.running import Run
from ..tasks.send_email import SendEmailParameters


async def send_email(run: Run, parameters: SendEmailParameters) -> int:
    return len(parameters.recipient) + len(parameters.subject) + len(parameters.body)
"""

Work = Callable[[], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Times:
    """In milliseconds."""

    p50: float
    p99: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Times:
        p99 = statistics.quantiles(seconds, n=100)[98]
        return cls(statistics.median(seconds) * 1000, p99 * 1000)


@dataclass(frozen=True, slots=True)
class Done:
    """How many a second were sent and done, and milliseconds of a processor for each.

    The sender has the relay in its process.
    """

    a_second: float
    sender: float
    worker: float
    postgres: float


@dataclass(frozen=True, slots=True)
class Alone:
    """Celery alone, with databases of its own in the Valkey."""

    broker: str
    results: str
    acks_late: bool = False

    @property
    def environment(self) -> Mapping[str, str]:
        late = {ACKS_LATE: "1"} if self.acks_late else {}
        return {
            **os.environ,
            **late,
            BROKER: self.broker,
            RESULTS: self.results,
            "PYTHONPATH": str(REPOSITORY),
        }

    def send(self) -> Work:
        """Over a connection that is kept."""
        app = celery_alone(self.broker, self.results, acks_late=self.acks_late)
        task = app.tasks["send_email"]

        async def send() -> None:
            task.delay(**LETTER)

        return send

    async def has_done(self, number: int) -> bool:
        """Each has a result, and nothing else is kept there."""
        async with Redis.from_url(self.results) as results:
            return int(await results.dbsize()) == number


class Outbox:
    """The service, open in this process."""

    def __init__(self, app: Any, task: Any, database: Any) -> None:
        self._app = app
        self._task = task
        self._database = database

    async def send(self) -> None:
        await self._task.enqueue(**LETTER)

    async def send_some(self, number: int) -> None:
        """In one transaction."""
        async with self._database.session():
            for _ in range(number):
                await self._task.enqueue(**LETTER)

    async def has_done(self, number: int) -> bool:
        statement = "SELECT count(*) AS number FROM task_runs WHERE state = 'succeeded'"
        [row] = await self._database.rows(statement)
        return bool(row["number"] == number)

    async def forget(self) -> None:
        await self._database.write("TRUNCATE task_runs")


@asynccontextmanager
async def opened(
    service: Generated, url: str, valkey: str, *, relay: bool
) -> AsyncIterator[Outbox]:
    settings = import_module(f"{service.package}.settings").Settings(
        environment="production",
        log_level="WARNING",
        database={"url": url, "pool_min": 5, "acquire_timeout": 30},
        tasks={"broker_url": f"{valkey}/0", "results_url": f"{valkey}/1", "relay": relay},
    )
    app = import_module(f"{service.package}.main").create_app(settings)
    tasks = import_module(f"{service.package}.tasks")
    async with app.router.lifespan_context(app):
        database = app.state.sources.named("database")
        with app.state.sources.current():
            yield Outbox(app, tasks.send_email, database)


async def timed(work: Work, number: int) -> list[float]:
    taken = []
    for _ in range(number):
        start = time.perf_counter()
        await work()
        taken.append(time.perf_counter() - start)
    return taken


async def sending(alone: Alone, outbox: Outbox, valkey: str, sends: int) -> dict[str, Times]:
    """How long a sender waits, while no worker takes anything away."""
    some = sends // ROUNDS
    sides: dict[str, Work] = {"Celery's delay": alone.send(), "outbox": outbox.send}
    taken: dict[str, list[float]] = {name: [] for name in [*sides, "outbox, 50 a transaction"]}
    for send in sides.values():
        await timed(send, WARM)
    for _ in range(ROUNDS):
        for name, send in sides.items():
            taken[name] += await timed(send, some)
        together = await timed(lambda: outbox.send_some(50), max(1, some // 50))
        taken["outbox, 50 a transaction"] += [each / 50 for each in together]
        await outbox.forget()
        await empty(valkey)
    return {name: Times.of(each) for name, each in taken.items()}


async def on_its_way(
    send: Work, broker: str, queue: str, number: int
) -> tuple[list[float], list[float]]:
    """Seconds until the broker has a message, since the sender was done and since it began."""
    since_done, since_begun = [], []
    async with Redis.from_url(broker) as redis:
        await redis.delete(queue)
        for turn in range(WARM // 10 + number):
            begun = time.perf_counter()
            await send()
            done = time.perf_counter()
            assert await redis.brpop([queue], timeout=10), "no message has come"
            arrived = time.perf_counter()
            if turn >= WARM // 10:
                since_done.append(arrived - done)
                since_begun.append(arrived - begun)
            # As in a service that is not busy: the relay sleeps when the next one comes.
            await asyncio.sleep(0.005)
    return since_done, since_begun


async def through(
    send: Work,
    has_done: Callable[[int], Awaitable[bool]],
    number: int,
    spent: Callable[[], Sequence[float]],
    *,
    together: int,
) -> Done:
    """Sent by so many at the same time."""

    async def sender() -> None:
        for _ in range(number // together):
            await send()

    before, start = spent(), time.perf_counter()
    await asyncio.gather(*(sender() for _ in range(together)))
    async with asyncio.timeout(LONGEST):
        while not await has_done(number):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    seconds = time.perf_counter() - start
    each = [(now - then) / number * 1000 for now, then in zip(spent(), before, strict=True)]
    return Done(number / seconds, *each)


async def empty(valkey: str) -> None:
    async with Redis.from_url(valkey) as redis:
        await redis.flushall()


@contextmanager
def process(
    arguments: Sequence[str], environment: Mapping[str, str], log: Path
) -> Iterator[Process]:
    with log.open("ab") as lines:
        started = subprocess.Popen(
            [sys.executable, "-m", *arguments], env=environment, stdout=lines, stderr=lines
        )
    try:
        yield Process(started.pid, with_children=True)
    finally:
        started.terminate()
        started.wait()


def worker(app: str) -> list[str]:
    few = ["--concurrency=2", "--without-gossip", "--without-mingle"]
    return ["celery", "-A", app, "--quiet", "worker", *few, "--loglevel=WARNING"]


class Benchmark:
    def __init__(self, folder: Path, service: Generated, url: str, valkey: str) -> None:
        self.folder = folder
        self.service = service
        self.url = url
        self.valkey = valkey
        self.alone = {
            "Celery alone": Alone(f"{valkey}/2", f"{valkey}/3"),
            "Celery alone, acks late": Alone(f"{valkey}/4", f"{valkey}/5", acks_late=True),
        }

    @property
    def environment(self) -> Mapping[str, str]:
        urls = {"tasks_broker_url": f"{self.valkey}/0", "tasks_results_url": f"{self.valkey}/1"}
        return self.service.environment(self.url, log_level="WARNING", **urls)

    def opened(self, *, relay: bool = True) -> Any:
        return opened(self.service, self.url, self.valkey, relay=relay)

    async def sending(self, sends: int) -> dict[str, Times]:
        async with self.opened() as outbox:
            return await sending(self.alone["Celery alone"], outbox, self.valkey, sends)

    async def latency(self, sends: int) -> dict[str, Times]:
        found = {}
        alone = self.alone["Celery alone"]
        _, begun = await on_its_way(alone.send(), alone.broker, "celery", sends)
        found["Celery's delay, since it was called"] = Times.of(begun)
        async with self.opened() as outbox:
            found |= await self._relayed(outbox, "in the same process", sends)
        relay = process([self.service.package, "relay"], self.environment, self.folder / "relay")
        with relay:
            async with self.opened(relay=False) as outbox:
                await asyncio.sleep(3)
                found |= await self._relayed(outbox, "in another process", sends)
        await empty(self.valkey)
        return found

    async def _relayed(self, outbox: Outbox, where: str, sends: int) -> dict[str, Times]:
        done, begun = await on_its_way(outbox.send, f"{self.valkey}/0", "default", sends)
        await outbox.forget()
        return {
            f"relay {where}, since the commit": Times.of(done),
            f"relay {where}, since enqueue was called": Times.of(begun),
        }

    async def through(self, tasks: int) -> dict[str, Done]:
        """The workers are all there, and those whose turn it is not wait."""
        found: dict[str, list[Done]] = {}
        postgres = await postgres_of(self.url)
        async with AsyncExitStack() as stack:
            outbox = await stack.enter_async_context(self.opened())
            own = worker(f"{self.service.package}.tasks:app")
            log = self.folder / "outbox"
            workers = {"outbox": stack.enter_context(process(own, self.environment, log))}
            sides = {"outbox": (outbox.send, outbox.has_done, TOGETHER)}
            for name, alone in self.alone.items():
                command = worker("benchmarks.service.celery_alone:app")
                log = self.folder / name.replace(" ", "_")
                workers[name] = stack.enter_context(process(command, alone.environment, log))
                sides[name] = (alone.send(), alone.has_done, 1)
            for turn in range(ROUNDS):
                for name in [*self.alone, "outbox"]:
                    send, has_done, together = sides[name]
                    number = tasks if turn else WARM

                    def spent(worker: Process = workers[name]) -> Sequence[float]:
                        return time.process_time(), worker.seconds(), postgres.seconds()

                    done = await through(send, has_done, number, spent, together=together)
                    found.setdefault(name, []).append(done)
                await outbox.forget()
                for results in (1, 3, 5):
                    async with Redis.from_url(f"{self.valkey}/{results}") as redis:
                        await redis.flushdb()
        return {name: median(each[1:]) for name, each in found.items()}


def median(found: Sequence[Done]) -> Done:
    return Done(*map(statistics.median, zip(*map(astuple, found), strict=True)))


def show(times: Mapping[str, Times], beside: Times | None = None) -> None:
    print(f"{'':52}{'p50 ms':>8}{'p99 ms':>8}{'ratio' if beside else '':>8}")
    for name, each in times.items():
        ratio = f"{each.p50 / beside.p50:8.2f}" if beside else ""
        print(f"{name:52}{each.p50:8.2f}{each.p99:8.2f}{ratio}")


def show_done(done: Mapping[str, Done]) -> None:
    print(
        f"{'':52}{'a second':>8}{'ratio':>8}{'  cpu ms: sender':>16}{'worker':>8}{'postgres':>10}"
    )
    first, *_ = done.values()
    for name, each in done.items():
        print(
            f"{name:52}{each.a_second:8.0f}{each.a_second / first.a_second:8.2f}"
            f"{each.sender:16.2f}{each.worker:8.2f}{each.postgres:10.2f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sends", type=int, default=1000)
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--durable", action="store_true", help="PostgreSQL waits for the disk.")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="terapin-bench-")))
        url = stack.enter_context(development_postgres(folder / "pg", durable=options.durable))
        valkey = stack.enter_context(running(folder)).url
        valkey = valkey.replace("valkey:", "redis:").removesuffix("/0")
        handler = folder / "mailing" / "mailing" / "handlers" / "send_email.py"
        handler.parent.mkdir(parents=True)
        handler.write_text(HANDLER)
        service = generate(PREFIXES + ONTOLOGY, folder / "mailing")
        service.run("migrate", url=url)
        sys.path.insert(0, str(service.project))
        benchmark = Benchmark(folder, service, url, valkey)
        sent = asyncio.run(benchmark.sending(options.sends))
        print("What a sender waits for")
        show(sent, sent["Celery's delay"])
        latency = asyncio.run(benchmark.latency(options.sends // 2))
        print("\nUntil the broker has the message")
        show(latency)
        done = asyncio.run(benchmark.through(options.tasks))
        print(f"\nSent and done, {options.tasks} at once")
        show_done(done)
    if options.json:
        content = {
            "sending": {name: asdict(each) for name, each in sent.items()},
            "latency": {name: asdict(each) for name, each in latency.items()},
            "done": {name: asdict(each) for name, each in done.items()},
        }
        options.json.write_text(json.dumps(content, indent=2) + "\n")


if __name__ == "__main__":
    main()
