"""The generated service beside one written by hand, and beside the limit: requests a second, and what each costs.

The same ontology by hand is in `benchmarks.reference`, the same requests by bare ASGI in `benchmarks.limit`. All are
on one PostgreSQL with the same rows (10,000 users with 10 posts each), one process each, on a core of its own;
PostgreSQL and 32 callers, who keep their connections, have another. They are asked in turns, figures are medians.
"With" is with request ids, deadlines, metrics and log lines, "without" is without.

"Waited" is the share of the time in which the server could have worked, but others on this machine had its core: with
more than a few percent of it the answers a second say little, and the processor's times more.

With --permissions each request has a token, which the reference verifies, and who reads what is a condition of each query;
the limit, which asks nobody, is left out.

Nothing is measured before all have given equal answers. PostgreSQL does not wait for the disk, which would be the same
for all.

    python -m benchmarks.http [W1 W2 W3 W4] [--seconds N] [--rounds N] [--permissions] [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from uuid import UUID

import asyncpg

from benchmarks.service.data import fill
from benchmarks.service.generated import ONTOLOGY, REPOSITORY, Generated, generate
from benchmarks.service.load import drive
from benchmarks.service.processes import Cores, Process, Server, postgres_of, uvicorn
from benchmarks.service.requests import (
    USERS,
    Answer,
    Workload,
    ask,
    created,
    differences,
    workloads,
)
from benchmarks.service.tokens import SECRET, token
from terapin.runtime.core.embedded import development_postgres

GENERATED, REFERENCE, LIMIT = "generated", "reference", "limit"
OF_LIMIT = 0.9
_GUARDED = ONTOLOGY.with_name("guarded.ttl")
WITH, WITHOUT = "with", "without"


@dataclass(frozen=True, slots=True)
class Sample:
    """Processor times are in microseconds a request: of the server, and of PostgreSQL.

    `waited` is the share of the time in which the server had to leave its core to others.
    """

    a_second: float
    processor: float
    postgres: float
    waited: float


@dataclass(frozen=True)
class Bench:
    """What is measured, on what; the servers by whether they carry everything, and by name."""

    url: str
    postgres: Process
    servers: Mapping[str, Mapping[str, Server]]

    def sample(self, server: Server, workload: Workload, seconds: float) -> Sample:
        done = drive(
            server.port,
            workload.requests,
            seconds,
            lambda: (server.seconds(), self.postgres.seconds(), server.waited()),
        )
        server_time, postgres_time, waited = done.spent
        if workload.writes:
            asyncio.run(self.tidy())
        return Sample(
            done.requests / done.seconds,
            processor=server_time / done.requests * 1e6,
            postgres=postgres_time / done.requests * 1e6,
            waited=waited / done.seconds,
        )

    async def tidy(self) -> None:
        """As it was before what was created."""
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute("DELETE FROM posts WHERE title LIKE 'A post that is %'")
            await connection.execute("VACUUM posts")
        finally:
            await connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("workloads", nargs="*", metavar="W1")
    parser.add_argument("--seconds", type=float, default=3, help="of each turn")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--permissions", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with ExitStack() as stack:
        bench, keys = _ready(stack, guarded=options.permissions)
        figures = {}
        for workload in workloads(keys, token if options.permissions else None):
            if not options.workloads or workload.name in options.workloads:
                figures[workload.name] = _measured(bench, workload, options)
        if options.json:
            options.json.write_text(json.dumps(figures, indent=2, default=asdict) + "\n")


def _ready(stack: ExitStack, *, guarded: bool) -> tuple[Bench, Sequence[UUID]]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="terapin-bench-")))
    cores = Cores.of_this_machine()
    url = stack.enter_context(development_postgres(folder / "postgres", durable=False))
    os.sched_setaffinity(0, cores.others)
    postgres = asyncio.run(postgres_of(url)).pinned(cores.others)
    ontology = ONTOLOGY.read_text() + (_GUARDED.read_text() if guarded else "")
    service = generate(ontology, folder / "journal")
    service.run("migrate", url=url)
    asyncio.run(fill(url, USERS))
    servers: dict[str, dict[str, Server]] = {}
    for how, started in ((WITH, {}), (WITHOUT, {})):
        for name, (app, environment) in _apps(service, url, how, guarded=guarded).items():
            log = folder / f"{name}-{how}.log"
            started[name] = stack.enter_context(uvicorn(app, environment, cores.server, log))
        servers[how] = started
    return Bench(url, postgres, servers), asyncio.run(_keys(url))


def _apps(
    service: Generated, url: str, how: str, *, guarded: bool
) -> Mapping[str, tuple[str, Mapping[str, str]]]:
    extras = "on" if how == WITH else "off"
    by_hand = {**os.environ, "PYTHONPATH": os.pathsep.join([str(REPOSITORY), *sys.path])}
    by_hand |= {"DATABASE_URL": url, "EXTRAS": extras, "PERMISSIONS": "on" if guarded else "off"}
    secret = {"security_secret": SECRET} if guarded else {}
    own = {**service.environment(url, **secret), "PACKAGE": service.package}
    app = f"{service.package}.main" if how == WITH else "benchmarks.service.bare"
    limit = {} if guarded else {LIMIT: ("benchmarks.limit:create_app", by_hand)}
    return {
        GENERATED: (f"{app}:create_app", own),
        REFERENCE: ("benchmarks.reference.main:create_app", by_hand),
        **limit,
    }


async def _keys(url: str) -> Sequence[UUID]:
    connection = await asyncpg.connect(url)
    try:
        return [
            UUID(str(row[0]))
            for row in await connection.fetch("SELECT id FROM users WHERE is_active ORDER BY id")
        ]
    finally:
        await connection.close()


def _measured(
    bench: Bench, workload: Workload, options: argparse.Namespace
) -> Mapping[str, Mapping[str, Sample]]:
    asked: dict[tuple[str, str], Server] = {}
    for how, servers in bench.servers.items():
        _compare(servers, workload)
        asked |= {(how, name): server for name, server in servers.items()}
    samples: dict[tuple[str, str], list[Sample]] = {each: [] for each in asked}
    for _ in range(options.rounds):
        for each, server in asked.items():
            samples[each].append(bench.sample(server, workload, options.seconds))
    found: dict[str, dict[str, Sample]] = {WITH: {}, WITHOUT: {}}
    for (how, name), taken in samples.items():
        found[how][name] = _median(taken)
    print(f"\n{workload.name} {workload.title}", *_lines(workload, found), sep="\n", flush=True)
    return found


def _median(samples: Sequence[Sample]) -> Sample:
    columns = zip(*map(astuple, samples), strict=True)
    return Sample(*map(statistics.median, columns))


def _compare(servers: Mapping[str, Server], workload: Workload) -> None:
    """Raises SystemExit where one has another answer than the reference."""
    answers = {name: ask(server.port, workload.requests[0]) for name, server in servers.items()}
    expected = _content(workload, answers[REFERENCE])
    for name, answer in answers.items():
        for difference in differences(expected, _content(workload, answer)):
            raise SystemExit(f"{workload.name}: {REFERENCE} and {name} differ in {difference}")


def _content(workload: Workload, answer: Answer) -> object:
    if answer.status not in (200, 201):
        raise SystemExit(f"{workload.name} is answered with {answer.status}: {answer.content}")
    return created(answer.content) if workload.writes else answer.content


def _lines(workload: Workload, found: Mapping[str, Mapping[str, Sample]]) -> Iterator[str]:
    yield (
        f"{'':20}{'a second':>10}{'of reference':>14}{'of limit':>10}"
        f"{'cpu µs':>10}{'less than reference':>21}{'postgres µs':>13}{'waited':>8}"
    )
    for (how, sides), goal in zip(found.items(), workload.goals, strict=True):
        reference, limit = sides[REFERENCE], sides.get(LIMIT)
        for name, sample in sides.items():
            of_limit = f"{sample.a_second / limit.a_second:10.2f}" if limit else " " * 10
            line = (
                f"  {how:8}{name:10}{sample.a_second:10,.0f}"
                f"{sample.a_second / reference.a_second:13.1f}x"
                f"{of_limit}{sample.processor:10,.0f}"
                f"{reference.processor / sample.processor:20.1f}x"
                f"{sample.postgres:13,.0f}{sample.waited:8.0%}"
            )
            yield line + (_judged(sides, goal) if name == GENERATED else "")


def _judged(sides: Mapping[str, Sample], goal: float) -> str:
    ours, limit = sides[GENERATED].a_second, sides.get(LIMIT)
    least = OF_LIMIT * limit.a_second if limit else 0
    missed = ours < goal * sides[REFERENCE].a_second or ours < least
    more = f" and {OF_LIMIT:.2f}" if limit else ""
    return f"   goal {goal:g}x{more}{' MISSED' if missed else ''}"


if __name__ == "__main__":
    main()
